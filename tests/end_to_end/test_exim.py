"""Through Exim, with the ACLs that docs/gates/postfix.md gives: honest mail. The bursts are in test_burst.py."""

from private_servers.clients import Place
from private_servers.habits import DESK, contacts
from private_servers.machine import wait_for


def test_the_owners_mail_arrives(world):
    account = world.somebody("owner-exim")
    outcome = world.send("exim", DESK, account, [[friend] for friend in contacts(account)[:5]])
    assert len(world.assert_none_is_lost(account, outcome)) == len(outcome.accepted) == 5


def test_frozen_mail_is_thawed_and_arrives(world):
    account = world.somebody("frozen-exim")
    world.postreeve.ask("account", "hold", account, "--reason", "looks odd")
    outcome = world.send("exim", Place("20.16.30.3", "[192.168.0.12]"), account, [[f] for f in contacts(account)[:3]])
    assert world.assert_none_is_lost(account, outcome) == [] and len(outcome.accepted) == 3
    world.exim.release(world.exim.frozen_ids(account))
    wait_for(lambda: sorted(world.sink.message_ids(account)) == sorted(outcome.accepted))


def test_exim_goes_on_without_postreeve(world):
    account = world.somebody("alone-exim")
    world.postreeve.kill()
    try:
        outcome = world.send("exim", DESK, account, [[contacts(account)[0]]])
    finally:
        world.postreeve.start()
    assert len(world.assert_none_is_lost(account, outcome)) == len(outcome.accepted) == 1
