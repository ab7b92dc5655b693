"""Rules of the operator's own through the live gate: how much from one address, at which hours, from which countries;
and accounts that may be used from given networks only."""

import datetime
import signal

import pytest

from private_servers.clients import Place, try_login
from private_servers.habits import DESK, HOME, contacts
from private_servers.machine import wait_for
from test_burst import victims
from test_families import HAS_IPV6
from world import PASSWORD, Beside, by_policy

BY_ADDRESS, ABROAD, TRUSTED = 5, 2, "20.1.0.0/16"


def hours_around(now, shift=0):
    """Three of them; `shift`: so many hours later."""
    begin, end = (now + datetime.timedelta(hours=shift + i) for i in (-1, 2))
    return f"{begin:%H}:00-{end:%H}:00"


def settings(now):
    days = sorted({f"{now + datetime.timedelta(hours=i):%a}".lower() for i in (-1, 0, 1)})
    return f"""
[networks]
trusted = ["{TRUSTED}"]
[[limit]]
name = "one machine"
networks = ["20.3.0.0/16", "2a10:17::/32"]
key = "address"
rate = "{BY_ADDRESS}/1h"
[[limit]]
name = "a trickle from abroad"
not_countries = ["DE", "TR"]
hours = "{hours_around(now)}"
weekdays = {str(days).replace("'", '"')}
count = "recipients"
rate = "{ABROAD}/1h"
[[limit]]
name = "at another time"
countries = ["DE"]
hours = "{hours_around(now, 12)}"
rate = "1/1h"
"""


@pytest.fixture(scope="module")
def limited(world):
    now = datetime.datetime.now(datetime.timezone.utc)
    beside = Beside(world, "limited", lambda port: {"submission": by_policy(port)}, settings=settings(now))
    beside.began = now
    return beside


def send(limited, place, name, count):
    account = limited.somebody(name, has_habits=False)
    outcome = limited.send("submission", place, account, victims(name, count))
    limited.assert_none_is_lost(account, outcome)
    return outcome


def test_all_accounts_behind_one_address_share_its_limit(limited):
    first = send(limited, Place("20.3.200.7", "pc-1"), "shared1", 3)
    second = send(limited, Place("20.3.200.7", "pc-2"), "shared2", 3)
    assert len(first.accepted) == 3 and len(second.accepted) == BY_ADDRESS - 3
    assert [code for code, _ in second.replies] == [450] and "4.7.28" in second.replies[0][1]
    assert len(send(limited, Place("20.3.200.8", "pc-3"), "neighbour", 3).accepted) == 3


@pytest.mark.skipif(not HAS_IPV6, reason="this machine has no IPv6")
def test_an_ipv6_host_is_one_address_however_many_it_takes(limited):
    accepted = sum(len(send(limited, Place(f"2a10:17:5:6:{i}::{i:x}", f"v6-{i}"), f"six{i}", 2).accepted) for i in (1, 2, 3))
    assert accepted == BY_ADDRESS
    assert len(send(limited, Place("2a10:17:5:7::1", "v6"), "six-neighbour", 2).accepted) == 2


def test_a_trickle_from_abroad_at_these_hours_and_no_brake_at_work(limited):
    abroad = send(limited, Place("20.11.77.4", "notebook"), "travels", 4)
    assert len(abroad.accepted) == ABROAD and {code for code, _ in abroad.replies} == {450}
    assert len(send(limited, Place("20.1.77.4", "desk"), "works", 7).accepted) == 7


def test_a_limit_for_other_hours_comes_with_a_reload(limited):
    account = limited.somebody("late-hours", has_habits=False)
    place = Place("20.3.201.9", "home-pc")
    assert len(limited.send("submission", place, account, victims("before", 2)).accepted) == 2
    text = limited.postreeve.configuration.read_text()
    limited.postreeve.configuration.write_text(text.replace(hours_around(limited.began, 12), hours_around(limited.began)))
    limited.postreeve.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "configuration read anew" in limited.postreeve.log())
    other = limited.somebody("later-hours", has_habits=False)
    outcome = limited.send("submission", Place("20.3.202.9", "home-pc"), other, victims("after", 3))
    assert len(outcome.accepted) == 1 and {code for code, _ in outcome.replies} == {450}


def test_an_account_for_given_networks_only_sends_and_reads_from_there_only(world):
    account = world.somebody("vpn-only")
    world.postreeve.ask("account", "policy", account, "--only-network", TRUSTED, "--reason", "contract")
    friend = contacts(account)[0]
    assert try_login(world.mailboxes.imap_port, DESK, account, PASSWORD)[0]
    assert len(world.send("policy", DESK, account, [[friend]]).accepted) == 1
    went_well, words = try_login(world.mailboxes.imap_port, HOME, account, PASSWORD)
    assert not went_well and "not allowed from this place" in words
    for gate in ("policy", "milter", "exim"):
        outcome = world.send(gate, HOME, account, [[friend]])
        assert not outcome.accepted and {code for code, _ in outcome.replies} == {554}, gate


def test_an_account_for_one_country_only_sends_from_there_only(world):
    account = world.somebody("at-home-only-mail")
    world.postreeve.ask("account", "policy", account, "--only-country", "DE", "--reason", "as agreed")
    friend = contacts(account)[0]
    assert len(world.send("policy", HOME, account, [[friend]]).accepted) == 1
    outcome = world.send("policy", Place("20.11.4.5", "User"), account, [[friend]])
    assert [code for code, _ in outcome.replies] == [554]
