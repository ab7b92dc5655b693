"""What destinations answer, from the maillog that is followed; and one message seen by many counts once."""

import collections
import re

import pytest

from private_servers.clients import Place
from private_servers.habits import DESK, contacts
from private_servers.machine import wait_for
from test_burst import victims

pytestmark = pytest.mark.usefixtures("room_in_the_hour")


def recipients_in_log(world, account):
    """What Postfix itself says of the account: the messages it queued, and their recipients. A message that was refused
    as a whole has a queue ID and is never queued."""
    log = world.postfix.log()
    queue_ids = set(re.findall(rf"smtpd\[\d+\]: (\w+): client=.*sasl_username={re.escape(account)}$", log, re.M))
    counts = collections.Counter()
    for queue_id, count in re.findall(r"qmgr\[\d+\]: (\w+): from=<[^>]*>, size=\d+, nrcpt=(\d+)", log):
        if queue_id in queue_ids:
            counts[queue_id] = int(count)
    return len(counts), sum(counts.values())


def followed(world):
    """Waits until Postreeve has read what the log says now."""
    def is_read():
        return all(row["bytes_behind"] == 0 for row in world.postreeve.ask("status")["logs"])
    wait_for(is_read)


def assert_counted(world, account, **wanted):
    """In `top senders`, and it stays so when the log is read to its end."""
    def is_counted():
        row = world.postreeve.sent_this_hour(account)
        return row and wanted.items() <= row.items()
    wait_for(is_counted, 15, lambda: f"{wanted} {world.postreeve.sent_this_hour(account)}")


def test_refusals_of_destinations_become_evidence_within_seconds(world):
    # Through a service that Postreeve can only watch.
    account = world.somebody("refused")
    world.send("unasked", Place("20.16.70.4", "User"), account, [[f"nouser{i}@harvest{i}.example"] for i in range(6)])
    decision = world.wait_for_decision(account, seconds=10, event="delivery")
    assert "were refused" in decision["evidence"]
    assert decision["gate"] == "log" and decision["seconds"] < 5
    assert_counted(world, account, messages=6, recipients=6, bounced=6)


def test_a_message_seen_by_policy_gate_milter_and_log_counts_once(world):
    account = world.somebody("counted")
    friends = contacts(account)
    outcome = world.send("both", DESK, account, [[f] for f in friends[:6]] + [friends[:4]] * 2)
    assert len(outcome.accepted) == 8
    world.postfix.settle()
    wait_for(lambda: recipients_in_log(world, account) == (8, 14), says=lambda: str(recipients_in_log(world, account)))
    followed(world)
    assert_counted(world, account, messages=8, recipients=14)


def test_a_thiefs_messages_are_counted_as_the_log_counts_them(world):
    account = world.somebody("counted-thief")
    outcome = world.send("both", Place("20.13.60.6", "User"), account, victims("c", 12, a_message=3))
    world.postfix.settle()
    # The log tells how many recipients a held message has when it is released.
    held = world.postfix.held(account)
    assert held and outcome.refused
    world.postfix.release(held)
    world.postfix.settle()
    wait_for(lambda: recipients_in_log(world, account)[0] == len(outcome.accepted), says=world.postfix.log)
    followed(world)
    messages, recipients = recipients_in_log(world, account)
    assert_counted(world, account, messages=messages, recipients=recipients)


def test_mail_that_only_the_log_shows_is_counted_too(world):
    account = world.somebody("only-log")
    world.send("unasked", DESK, account, [contacts(account)[:3]] * 2)
    assert_counted(world, account, messages=2, recipients=6)
