"""Doubtful mail leaves through another transport of Postfix, so many messages an hour."""

import contextlib
import shutil

import pytest

from private_servers import geography, machine
from private_servers.clients import Place, send_all
from private_servers.dovecot import Dovecot
from private_servers.exim import Exim
from private_servers.habits import DESK, contacts, crowd, honest_weeks
from private_servers.postfix import Postfix
from private_servers.postreeve import Postreeve
from private_servers.sink import Sink
from world import PASSWORD, by_policy

MOST = 3  # of one account an hour
# Doubt, and nothing more: these accounts are slowed and never held by what is found.
SETTINGS = f"""
[divert]
from = "watched"
most = {MOST}
[ladder]
held = 28
suspended = 29
slowed_recipients_per_hour = 1000
"""
THIEF = Place("20.10.4.66", "User")


class Town:
    """A mail server with two ways out: `sink`, and `other` for what is doubtful."""

    def __init__(self, ending):
        self.folder = machine.folder()
        ending.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.sink, self.other = Sink(), Sink()
        for sink in (self.sink, self.other):
            ending.callback(sink.stop)
        self.postreeve = Postreeve(
            self.folder / "postreeve", "enforce", [geography.write(self.folder / "world.mmdb")], settings=SETTINGS,
            gate_settings={"postfix_policy": f'divert_to = "smtp:[127.0.0.1]:{self.other.port}"\n'})
        ending.callback(self.postreeve.stop)
        self.postreeve.tell(crowd(20_000))
        passwords = self.passwords = Dovecot(self.folder / "dovecot", PASSWORD)
        ending.callback(passwords.stop)
        self.postfix = Postfix(self.folder / "postfix", passwords.auth, self.sink.port,
                               {"submission": by_policy(self.postreeve.ports["postfix_policy"])})
        ending.callback(self.postfix.stop)

    def somebody(self, name):
        account = f"{name}@office.example"
        self.postreeve.tell(honest_weeks(account))
        return account

    def send(self, place, account, messages):
        outcome = send_all(self.postfix.ports["submission"], place, account, PASSWORD, messages)
        self.postfix.settle()
        return outcome

    def whereabouts(self, account):
        """Message-IDs at the usual destinations, at the other one, and on hold."""
        return (self.sink.message_ids(account), self.other.message_ids(account),
                list(self.postfix.held(account).values()))


@pytest.fixture(scope="module")
def town():
    with contextlib.ExitStack() as ending:
        yield Town(ending)


def strangers(name, count):
    return [[f"{name}{i}@list{i % 17}.example"] for i in range(count)]


def test_doubtful_mail_takes_the_other_way_up_to_the_cap_and_the_rest_is_held(town):
    account = town.somebody("diverted")
    outcome = town.send(THIEF, account, strangers("victim", 12))
    usual, other, held = town.whereabouts(account)
    assert town.postreeve.standing(account) in ("watched", "slowed")
    assert len(other) == MOST and len(usual) <= 1, "only what came before there was a doubt may take the usual way"
    assert held and sorted(usual + other + held) == sorted(outcome.accepted), "nothing is lost, nothing is sent twice"


def test_the_owner_at_her_desk_takes_the_usual_way_meanwhile(town):
    account = town.somebody("beside")
    town.send(THIEF, account, strangers("mark", 6))
    assert len(town.other.message_ids(account)) == MOST
    outcome = town.send(DESK, account, [[friend] for friend in contacts(account)[:4]])
    usual, other, held = town.whereabouts(account)
    assert set(outcome.accepted) <= set(usual) and len(other) == MOST


@pytest.mark.parametrize("order", ["suspend", "hold"])
def test_never_a_suspended_or_held_accounts_mail(town, order):
    account = town.somebody(order)
    town.postreeve.ask("account", order, account, "--reason", "reported by telephone")
    outcome = town.send(THIEF, account, strangers(order, 6))
    usual, other, held = town.whereabouts(account)
    assert not usual and not other
    if order == "suspend":
        assert not outcome.accepted and {code for code, _ in outcome.replies} == {451}
    else:
        assert sorted(held) == sorted(outcome.accepted) and len(held) == 6


def test_what_is_held_beyond_the_cap_is_released_the_usual_way(town):
    """A person has looked at it."""
    account = town.somebody("looked-at")
    town.send(THIEF, account, strangers("seen", 8))
    held = town.postfix.held(account)
    assert held
    town.postfix.release(list(held))
    machine.wait_for(lambda: set(held.values()) <= set(town.sink.message_ids(account)), 20)
    assert len(town.other.message_ids(account)) == MOST


def test_exim_holds_what_it_cannot_send_another_way(town):
    """Its ACLs know no other transport; to the usual one it must not go either."""
    exim = Exim(town.folder / "exim", town.passwords.auth, town.sink.port, town.postreeve.ports["postfix_policy"])
    try:
        account = town.somebody("by-exim")
        outcome = send_all(exim.port, THIEF, account, PASSWORD, strangers("prey", 8), by_proxy=True)
        exim.settle()
        usual, frozen = town.sink.message_ids(account), list(exim.frozen_ids(account).values())
        assert len(usual) <= 1 and frozen and sorted(usual + frozen) == sorted(outcome.accepted)
        assert not town.other.message_ids(account)
    finally:
        exim.stop()
