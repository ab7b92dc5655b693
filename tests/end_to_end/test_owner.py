"""The owner, while somebody else uses the account."""

from private_servers.clients import Outcome, Place
from private_servers.habits import DESK, PHONE, contacts
from private_servers.machine import wait_for
from test_burst import victims

TRAVELLING = Place("20.16.30.2", "[192.168.0.12]", "Thunderbird 128")


def test_the_owner_goes_on_with_the_phone_while_the_thief_is_held(world):
    account = world.somebody("phone-owner")
    thief = world.session("policy", Place("20.14.1.66", "User"), account)
    phone = world.session("policy", PHONE, account)
    stolen, own = Outcome(), Outcome()
    for i, to in enumerate(victims("loot", 20)):
        stolen += thief.submit(to)
        if i % 5 == 4:
            own += phone.submit([contacts(account)[i // 5]])
    own += phone.submit(["somebody.new@customer9.example"])
    for session in (thief, phone):
        session.close_quietly()
    outcome = Outcome(stolen.accepted + own.accepted)
    world.assert_none_is_lost(account, outcome)
    assert len(own.accepted) == 5
    assert set(own.accepted) <= set(world.sink.message_ids(account))
    assert stolen.refused


def test_held_mail_of_an_owner_who_travels_is_released_and_arrives(world):
    account = world.somebody("traveller")
    world.postreeve.ask("account", "hold", account, "--reason", "looks odd")
    outcome = world.send("policy", TRAVELLING, account, [[friend] for friend in contacts(account)[:4]])
    world.postfix.settle()
    held = world.postfix.held(account)
    assert sorted(held.values()) == sorted(outcome.accepted) and len(held) == 4
    world.postreeve.ask("account", "release", account, "--reason", "she called")
    world.postfix.release(held)
    wait_for(lambda: sorted(world.sink.message_ids(account)) == sorted(outcome.accepted))
    outcome += world.send("policy", DESK, account, [["after.release@partner1.example"]])
    world.assert_none_is_lost(account, outcome)
    assert world.sink.recipients(account)[-1] == "after.release@partner1.example"


def test_the_incident_tells_what_happened_and_a_person_closes_it(world):
    account = world.somebody("incident")
    world.send("policy", Place("20.12.90.1", "User"), account, victims("told", 20))
    incident = world.postreeve.ask("incident", "list", "--account", account)[0]
    assert incident["outcome"] == "open" and "Nigeria" in incident["why"]
    world.postreeve.ask("incident", "confirm", incident["incident"], "--cause", "phishing", "--reason", "she said so")
    assert world.postreeve.ask("incident", "list", "--account", account)[0]["outcome"] == "confirmed"
