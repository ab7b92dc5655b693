"""What destinations answer, from the maillog that is followed; and one message seen by many counts once."""

import collections
import re

from private_servers.clients import Place
from private_servers.habits import DESK, contacts
from private_servers.machine import wait_for
from test_burst import victims


def recipients_in_log(world, account):
    """What Postfix itself says it sent for the account: its queue IDs, and how many recipients they have."""
    log = world.postfix.log()
    queue_ids = set(re.findall(rf"smtpd\[\d+\]: (\w+): client=.*sasl_username={re.escape(account)}$", log, re.M))
    counts = collections.Counter()
    for queue_id, count in re.findall(r"qmgr\[\d+\]: (\w+): from=<[^>]*>, size=\d+, nrcpt=(\d+)", log):
        if queue_id in queue_ids:
            counts[queue_id] = int(count)
    return len(queue_ids), sum(counts.values())


def followed(world):
    """Waits until Postreeve has read what the log says now."""
    def is_read():
        return all(row["bytes_behind"] == 0 for row in world.postreeve.ask("status")["logs"])
    wait_for(is_read)


def test_refusals_of_destinations_become_evidence_within_seconds(world):
    # Malware on the owner's own machine: only the answers give it away.
    account = world.somebody("refused")
    recipients = [[f"nouser{i}@harvest{i % 9}.example" for i in range(j, j + 8)] for j in range(0, 48, 8)]
    world.send("unasked", DESK, account, recipients)
    decision = world.wait_for_decision(account, seconds=10, event="delivery")
    assert "refus" in decision["evidence"] or "bounce" in decision["evidence"] or "reject" in decision["evidence"]
    assert decision["gate"] == "log" and decision["seconds"] < 5


def test_a_message_seen_by_policy_gate_milter_and_log_counts_once(world):
    account = world.somebody("counted")
    friends = contacts(account)
    outcome = world.send("both", DESK, account, [[f] for f in friends[:6]] + [friends[:4]] * 2)
    world.postfix.settle()
    followed(world)
    messages, recipients = recipients_in_log(world, account)
    assert (messages, recipients) == (8, 14) and len(outcome.accepted) == 8

    def is_counted():
        row = world.postreeve.sent_this_hour(account)
        return row and (row["messages"], row["recipients"]) == (messages, recipients)
    wait_for(is_counted, 15, lambda: world.postreeve.sent_this_hour(account))


def test_a_thiefs_messages_are_counted_as_the_log_counts_them(world):
    account = world.somebody("counted-thief")
    world.send("both", Place("20.13.60.6", "User"), account, victims("c", 12, a_message=2))
    world.postfix.settle()
    followed(world)
    messages, recipients = recipients_in_log(world, account)

    def is_counted():
        row = world.postreeve.sent_this_hour(account)
        return row and (row["messages"], row["recipients"]) == (messages, recipients)
    wait_for(is_counted, 15, lambda: (messages, recipients, world.postreeve.sent_this_hour(account)))


def test_mail_that_only_the_log_shows_is_counted_too(world):
    account = world.somebody("only-log")
    world.send("unasked", DESK, account, [contacts(account)[:3]] * 2)
    wait_for(lambda: (world.postreeve.sent_this_hour(account) or {}).get("recipients") == 6, 15,
             lambda: world.postreeve.sent_this_hour(account))
