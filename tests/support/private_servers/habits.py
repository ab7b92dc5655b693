"""Three honest weeks of an account, as trace events (docs/trace.md)."""

import datetime
import zlib

from .clients import Place

# An office with a desk machine, a phone on a mobile network, a home.
DESK = Place("20.1.5.20", "desk.office.example", "Thunderbird 128")
PHONE = Place("20.2.77.9", "[10.11.12.13]", "Phone Mail 18")
HOME = Place("20.3.8.41", "[192.168.178.20]", "Thunderbird 128")


def contacts(account):
    name = account.split("@")[0]
    return [f"{name}.friend{i}@partner{i % 4}.example" for i in range(12)]


def _login(account, time, place, service):
    return {"time": time.isoformat(), "event": "login", "account": account, "client_address": place.address,
            "helo_name": place.helo, "service": service, "result": "success"}


def honest_weeks(account, days=21, now=None, places=(DESK, PHONE, HOME), messages_a_day=6):
    """Events in the order of time, until yesterday."""
    now = now or datetime.datetime.now(datetime.timezone.utc)
    events, friends, number = [], contacts(account), 0
    for day in range(days, 0, -1):
        morning = (now - datetime.timedelta(days=day)).replace(hour=7, minute=0, second=0, microsecond=0)
        for i in range(messages_a_day):
            time, place = morning + datetime.timedelta(minutes=110 * i), places[i % len(places)]
            events.append(_login(account, time, place, "imap"))
            events.append(_login(account, time + datetime.timedelta(minutes=3), place, "smtp"))
            number += 1
            to = f"new{number}@customer{number % 7}.example" if number % 10 == 9 else friends[number % len(friends)]
            sent = time + datetime.timedelta(minutes=3, seconds=2)
            queue_id = f"H{zlib.crc32(account.encode()):08X}{number}"
            events.append({"time": sent.isoformat(), "event": "submission", "account": account, "queue_id": queue_id,
                           "client_address": place.address, "helo_name": place.helo, "service": "smtp",
                           "sender": account, "recipients": [to], "size": 2400 + 37 * i})
            events.append({"time": (sent + datetime.timedelta(seconds=2)).isoformat(), "event": "delivery",
                           "account": account, "queue_id": queue_id, "recipient": to, "status": "sent", "dsn": "2.0.0"})
    return events


def crowd(count, now=None):
    """A login each, by accounts that play no part otherwise. The fuse counts in shares of all accounts: where
    there are few, it goes out after five restrictions within an hour."""
    now = now or datetime.datetime.now(datetime.timezone.utc)
    time = (now - datetime.timedelta(days=2)).isoformat()
    return [{"time": time, "event": "login", "account": f"crowd{i}@hosting.example", "service": "imap",
             "client_address": f"20.3.{i // 250 % 250}.{i % 250 + 1}", "result": "success"} for i in range(count)]
