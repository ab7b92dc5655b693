"""Postreeve ends or stops answering in the middle of a session."""

import time

import pytest

from private_servers.clients import Place
from private_servers.habits import DESK, contacts
from private_servers.machine import wait_for
from test_burst import victims

pytestmark = pytest.mark.usefixtures("room_in_the_hour")


def counted(world, account, messages):
    wait_for(lambda: (world.postreeve.sent_this_hour(account) or {}).get("messages") == messages, 15,
             lambda: world.postreeve.sent_this_hour(account))
    return world.postreeve.sent_this_hour(account)


@pytest.mark.parametrize("gate", ["policy", "milter", "both"])
def test_killed_in_a_session_postfix_goes_on_and_nothing_counts_twice(world, gate):
    account = world.somebody(f"killed-{gate}")
    friends = contacts(account)
    session = world.session(gate, DESK, account)
    outcome = session.submit([friends[0]])
    outcome += session.submit([friends[1]])
    world.postfix.settle()
    world.on_the_disk()
    session.mail(account)
    session.rcpt(friends[2])
    world.postreeve.kill()
    try:
        session.rset()
        outcome += session.submit([friends[3]])
        outcome += session.submit([friends[4]])
    finally:
        world.postreeve.start()
    outcome += session.submit([friends[5]])
    session.close_quietly()
    world.assert_none_is_lost(account, outcome)
    assert len(outcome.accepted) == 5
    # The recipient that was asked for and given up may count as one.
    assert counted(world, account, 5)["recipients"] in (5, 6)
    time.sleep(2)
    assert counted(world, account, 5)["recipients"] in (5, 6)


def test_stopped_in_a_session_postfix_goes_on_and_nothing_counts_twice(world):
    account = world.somebody("stopped")
    friends = contacts(account)
    session = world.session("policy", DESK, account)
    outcome = session.submit([friends[0]])
    world.postreeve.freeze()
    try:
        outcome += session.submit([friends[1]])
    finally:
        world.postreeve.thaw()
    outcome += session.submit([friends[2]])
    session.close_quietly()
    world.assert_none_is_lost(account, outcome)
    assert len(outcome.accepted) == 3
    assert counted(world, account, 3)["recipients"] == 3


def test_standings_are_there_after_a_kill(world):
    stolen, suspended = world.somebody("kill-stolen"), world.somebody("kill-suspended")
    world.send("policy", Place("20.11.30.3", "User"), stolen, victims("kill", 20))
    world.postreeve.ask("account", "suspend", suspended, "--reason", "before the kill")
    before = world.postreeve.account(stolen)
    world.on_the_disk()  # the habits; standings need no wait
    world.postreeve.kill()
    world.postreeve.start()
    after = world.postreeve.account(stolen)
    for what in ("standing", "since", "until", "scope", "incident"):
        assert after[what] == before[what]
    assert after["standing"] in ("held", "suspended")
    assert world.postreeve.standing(suspended) == "suspended"
    again = world.send("policy", Place("20.11.30.3", "User"), stolen, victims("again", 3))
    assert set(again.accepted) <= set(world.postfix.held(stolen).values())
    assert len(world.send("policy", DESK, stolen, [[contacts(stolen)[0]]]).accepted) == 1


def test_asked_to_end_it_answers_what_is_under_way_and_ends(world):
    account = world.somebody("graceful")
    session = world.session("policy", DESK, account)
    session.submit([contacts(account)[0]])
    world.postreeve.process.terminate()
    assert world.postreeve.process.wait(15) == 0
    world.postreeve.start()
    session.submit([contacts(account)[1]])
    session.close_quietly()
    assert counted(world, account, 2)["recipients"] == 2
