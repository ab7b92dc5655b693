"""A stolen password and a burst of mail: how much gets out, and that nothing is lost."""

import pytest

from private_servers.clients import Outcome, Place
from private_servers.habits import DESK, contacts

MOST_OUT = 5


def victims(name, count, a_message=1):
    return [[f"{name}{i}x{j}@list{(i + j) % 17}.example" for j in range(a_message)] for i in range(count)]


@pytest.mark.parametrize("gate, address", [("policy", "20.10.4.66"), ("milter", "20.11.5.66"), ("both", "20.12.6.66")])
def test_a_burst_from_a_new_country_is_stopped(world, gate, address):
    account = world.somebody(f"burst-{gate}")
    outcome = world.send(gate, Place(address, "User"), account, victims("victim", 40))
    world.assert_none_is_lost(account, outcome)
    assert len(world.sink.message_ids(account)) <= MOST_OUT
    assert world.postreeve.standing(account) in ("held", "suspended")
    assert all(code in (450, 451, 452) for code, _ in outcome.replies)


def test_a_burst_with_many_recipients_a_message_is_stopped(world):
    account = world.somebody("many-recipients")
    outcome = world.send("policy", Place("20.13.4.7", "WIN-7Q"), account, victims("many", 10, a_message=50))
    world.assert_none_is_lost(account, outcome)
    assert len(world.sink.recipients(account)) <= 2 * MOST_OUT


def test_a_botnet_with_an_address_for_each_message_is_stopped(world):
    account = world.somebody("botnet")
    outcome = Outcome()
    for i in range(30):
        bot = Place(f"20.{10 + i % 6}.{40 + i}.9", f"host{i}")
        outcome += world.send("policy", bot, account, victims(f"bot{i}v", 1, a_message=2))
    world.assert_none_is_lost(account, outcome)
    assert len(world.sink.message_ids(account)) <= MOST_OUT


def test_a_tried_password_that_is_then_run_is_stopped(world):
    account = world.somebody("tried")
    thief = Place("20.15.9.9", "localhost")
    outcome = world.send("policy", thief, account, [["check.it.7781@dropbox.example"]])
    outcome += world.send("policy", thief, account, victims("run", 30))
    world.assert_none_is_lost(account, outcome)
    assert len(world.sink.message_ids(account)) <= MOST_OUT


def test_a_burst_with_an_empty_envelope_sender_is_stopped(world):
    account = world.somebody("null-sender")
    session = world.session("policy", Place("20.16.7.3", "User"), account)
    accepted = sum(len(session.submit(to, sender="").accepted) for to in victims("null", 30))
    session.close_quietly()
    world.postfix.settle()
    out = [m for m in world.sink.messages if m.recipients[0].startswith("null")]
    held = [m for m in world.postfix.queue().values() if m["recipients"][0]["address"].startswith("null")]
    assert len(out) <= MOST_OUT
    assert len(out) + len(held) == accepted


def test_what_the_owner_sends_during_all_this_arrives(world):
    account = world.somebody("undisturbed")
    friends = contacts(account)
    outcome = world.send("both", DESK, account, [[friend] for friend in friends] + [["somebody.new@customer9.example"]])
    world.assert_none_is_lost(account, outcome)
    assert sorted(world.sink.recipients(account)) == sorted(friends + ["somebody.new@customer9.example"])
