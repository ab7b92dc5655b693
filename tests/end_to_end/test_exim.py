"""Through Exim, with the ACLs that docs/gates/postfix.md gives."""

import pytest

from private_servers.clients import Outcome, Place, send_all
from private_servers.exim import Exim
from private_servers.habits import DESK, contacts
from private_servers.machine import wait_for
from test_burst import MOST_OUT, victims
from world import PASSWORD


@pytest.fixture(scope="module")
def exim(world):
    return world.add(Exim(world.folder / "exim", world.passwords.auth, world.sink.port,
                          world.postreeve.ports["postfix_policy"]))


def send(exim, place, account, messages):
    return send_all(exim.port, place, account, PASSWORD, messages, by_proxy=True)


def assert_none_is_lost(world, exim, account, outcome):
    exim.settle()
    frozen = exim.frozen_ids(account)
    assert sorted([*world.sink.message_ids(account), *frozen.values()]) == sorted(outcome.accepted)
    return frozen


def test_a_burst_from_a_new_country_is_stopped(world, exim):
    account = world.somebody("burst-exim")
    outcome = send(exim, Place("20.10.88.66", "User"), account, victims("victim", 40))
    assert_none_is_lost(world, exim, account, outcome)
    assert len(world.sink.message_ids(account)) <= MOST_OUT
    assert world.postreeve.standing(account) in ("held", "suspended")


def test_the_owners_mail_arrives(world, exim):
    account = world.somebody("owner-exim")
    outcome = send(exim, DESK, account, [[friend] for friend in contacts(account)[:5]])
    assert assert_none_is_lost(world, exim, account, outcome) == {}
    assert len(outcome.accepted) == 5


def test_frozen_mail_is_thawed_and_arrives(world, exim):
    account = world.somebody("frozen-exim")
    world.postreeve.ask("account", "hold", account, "--reason", "looks odd")
    outcome = send(exim, Place("20.16.30.3", "[192.168.0.12]"), account, [[f] for f in contacts(account)[:3]])
    frozen = assert_none_is_lost(world, exim, account, outcome)
    assert len(frozen) == 3
    exim.release(frozen)
    wait_for(lambda: sorted(world.sink.message_ids(account)) == sorted(outcome.accepted))


def test_exim_goes_on_without_postreeve(world, exim):
    account = world.somebody("alone-exim")
    outcome = Outcome()
    world.postreeve.kill()
    try:
        outcome += send(exim, DESK, account, [[contacts(account)[0]]])
    finally:
        world.postreeve.start()
    assert_none_is_lost(world, exim, account, outcome)
    assert len(outcome.accepted) == 1
