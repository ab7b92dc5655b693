"""A stolen password and a burst of mail: how much gets out, by each gate alone, and that nothing is lost."""

import itertools

import pytest

from private_servers.clients import Outcome, Place
from private_servers.habits import DESK, contacts

MOST_OUT = 5
GATES = ("policy", "milter", "exim")

# Each run comes from a network of its own: thieves leave traces in the places they use.
_numbers = itertools.count(1)


def somewhere(country, helo="User"):
    """A place that nobody has used yet. `country`: of geography.WORLD, by its second number."""
    return Place(f"20.{country}.{100 + next(_numbers)}.66", helo)


def victims(name, count, a_message=1):
    return [[f"{name}{i}x{j}@list{(i + j) % 17}.example" for j in range(a_message)] for i in range(count)]


@pytest.mark.parametrize("gate", [*GATES, "both"])
def test_a_burst_from_a_new_country_is_stopped(world, gate):
    account = world.somebody(f"burst-{gate}")
    outcome = world.send(gate, somewhere(10), account, victims("victim", 40))
    assert len(world.assert_none_is_lost(account, outcome)) <= MOST_OUT
    assert world.postreeve.standing(account) in ("held", "suspended")
    assert all(code in (450, 451, 452) for code, _ in outcome.replies)


@pytest.mark.parametrize("gate", GATES)
def test_a_burst_with_many_recipients_a_message_is_stopped(world, gate):
    account = world.somebody(f"many-{gate}")
    outcome = world.send(gate, somewhere(13, "WIN-7Q"), account, victims("many", 10, a_message=50))
    assert len(world.assert_none_is_lost(account, outcome)) <= MOST_OUT
    assert len(world.sink.recipients(account)) <= 2 * MOST_OUT


@pytest.mark.parametrize("gate", GATES)
def test_a_botnet_with_an_address_for_each_message_is_stopped(world, gate):
    account = world.somebody(f"botnet-{gate}")
    outcome = Outcome()
    for i in range(30):
        outcome += world.send(gate, somewhere(10 + i % 6, f"host{i}"), account, victims(f"bot{i}v", 1, a_message=2))
    assert len(world.assert_none_is_lost(account, outcome)) <= MOST_OUT


@pytest.mark.parametrize("gate", GATES)
def test_a_tried_password_that_is_then_run_is_stopped(world, gate):
    account = world.somebody(f"tried-{gate}")
    thief = somewhere(15, "localhost")
    outcome = world.send(gate, thief, account, [["check.it.7781@dropbox.example"]])
    outcome += world.send(gate, thief, account, victims("run", 30))
    assert len(world.assert_none_is_lost(account, outcome)) <= MOST_OUT


@pytest.mark.parametrize("gate", GATES)
def test_a_burst_with_an_empty_envelope_sender_is_stopped(world, gate):
    account = world.somebody(f"null-{gate}")
    outcome = submit_all(world, gate, somewhere(16), account, victims("null", 30), sender="")
    assert len(world.assert_none_is_lost("", outcome)) <= MOST_OUT


@pytest.mark.parametrize("gate", GATES)
def test_a_burst_in_somebody_elses_name_is_stopped(world, gate):
    """Envelope and header name a bank; the login is what counts."""
    account, bank = world.somebody(f"forged-{gate}"), f"service-{gate}@bank.example"
    outcome = submit_all(world, gate, somewhere(12), account, victims("forged", 30), sender=bank,
                         header_from=f'"Your bank" <{bank}>')
    assert len(world.assert_none_is_lost(bank, outcome)) <= MOST_OUT
    assert world.postreeve.standing(account) in ("held", "suspended")


def test_what_the_owner_sends_during_all_this_arrives(world):
    account = world.somebody("undisturbed")
    friends = contacts(account)
    outcome = world.send("both", DESK, account, [[friend] for friend in friends] + [["somebody.new@customer9.example"]])
    world.assert_none_is_lost(account, outcome)
    assert sorted(world.sink.recipients(account)) == sorted(friends + ["somebody.new@customer9.example"])


def submit_all(world, gate, place, account, messages, **how):
    session = world.session(gate, place, account)
    outcome = Outcome()
    for to in messages:
        outcome += session.submit(to, **how)
    session.close_quietly()
    return outcome
