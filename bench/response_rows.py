"""From the message that decides to the account contained outside the mail path, with real servers around."""
import os
import sqlite3
import statistics
import sys
import time

from workshop import BUILD, ROOT

sys.path.insert(0, str(ROOT / "tests" / "support"))

MOST_MS = 1000
STEPS = {"queue": "mail in Postfix's queue held", "sessions": "IMAP sessions ended (Dovecot)",
         "flag_postgresql": "flag set in PostgreSQL", "flag_mariadb": "flag set in MariaDB",
         "flag_ldap": "flag set in LDAP"}
PLAN = "[response]\nheld = [" + ", ".join(f'"{step}"' for step in STEPS) + "]\n"
THIEVES_NETWORK = "20.10.4"
WAITING = 5  # messages that lie in the queue when the thief comes


def measure_response(workshop, table):
    table.section("From the deciding message to the account contained, Postfix, Dovecot, PostgreSQL, MariaDB and slapd")
    if os.geteuid() != 0:
        table.add("take-overs", "not measured", "Postfix starts for root only")
        return
    os.environ["POSTREEVE_BINARY"] = str(BUILD / "postreeve")
    rounds = take_overs(3 if workshop.quick else 10)
    for step, what in STEPS.items():
        add(table, f"  {what}", [delays[step] for delays in rounds])
    add(table, "all of it", [max(delays.values()) for delays in rounds], MOST_MS)


def add(table, what, delays, most=None):
    worst = max(delays)
    table.add(what, f"{statistics.median(delays):,.0f} ms", f"longest of {len(delays)}: {worst:,.0f} ms",
              f"longest < {most / 1000:g} s" if most else "", worst < most if most else None)


def take_overs(count):
    """For each of `count` accounts: milliseconds after the deciding message began, by action."""
    from private_servers.habits import crowd
    from private_servers.site import Site
    accounts = [f"owner{number}@office.example" for number in range(count)]
    site = Site(accounts, ["postgresql", "mariadb", "ldap"], PLAN)
    try:
        site.postreeve.tell(crowd(20_000))
        return [take_over(site, account, number) for number, account in enumerate(accounts)]
    finally:
        site.stop()


def take_over(site, account, number):
    from private_servers.clients import Place
    from private_servers.habits import DESK
    from private_servers.machine import wait_for
    site.remember_three_weeks([account])
    desk = site.session(DESK, account)
    for _ in range(WAITING):
        desk.submit([f"full.{account}"])
    desk.close_quietly()
    site.postfix.settle()
    thief = Place(f"{THIEVES_NETWORK}.{number + 10}", "User")
    mailbox, session = site.mailbox(thief, account), site.session(thief, account)
    begun = []
    for message in range(40):
        begun.append(time.time() * 1000)
        session.submit([f"victim{message}.{i}@list{i}.example" for i in range(5)], "Invoice overdue")
    session.close_quietly()
    incident = site.postreeve.account(account)["incidents"][0]["incident"]
    wait_for(lambda: site.is_over(incident), 30)
    assert_contained(site, account, mailbox)
    return delays_of(site, incident, begun)


def assert_contained(site, account, mailbox):
    from private_servers.site import is_alive
    if not all(flag.is_set(account) for flag in site.flags.values()) or is_alive(mailbox):
        sys.exit(f"bench: {account} is not contained")
    if any(where != "hold" for where, sender, *_ in site.queue().values() if sender == account):
        sys.exit(f"bench: mail of {account} is not held")


def delays_of(site, incident, begun):
    with sqlite3.connect(f"file:{site.postreeve.folder}/state.db?mode=ro", uri=True) as ledger:
        (decided,) = ledger.execute("SELECT min(changed) FROM standing_change WHERE incident = ? AND level IN "
                                    "('held', 'suspended')", [incident]).fetchone()
    start = max(moment for moment in begun if moment <= decided)
    return {row[1]: row[4] - start for row in site.actions(incident)}
