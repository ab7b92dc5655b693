"""Other ways to ask from Postfix: a Unix socket, DATA, RCPT alone, failing closed; what its log then shows; and the
answers that are off by default: a header, and 5xx for suspended accounts."""

import re

import pytest

from private_servers.habits import DESK, contacts
from private_servers.machine import wait_for
from test_burst import MOST_OUT, somewhere, victims
from world import SUBMITTING, Beside, by_policy, policy_service

SETTINGS = "[suspension]\nreject = true\n"


def services(port, unix_socket):
    asks = policy_service(port)
    by_unix = asks.replace(f"inet:127.0.0.1:{port}", f"unix:{unix_socket}")
    at_once = f"check_policy_service inet:127.0.0.1:{port}"
    deferring = asks.replace("DUNNO", "DEFER")
    return {
        "unix": {"smtpd_recipient_restrictions": f"{by_unix}, {SUBMITTING}", "smtpd_end_of_data_restrictions": by_unix},
        "data": {"smtpd_recipient_restrictions": f"{asks}, {SUBMITTING}", "smtpd_data_restrictions": asks},
        "rcpt": {"smtpd_recipient_restrictions": f"{asks}, {SUBMITTING}"},
        "end": by_policy(port),
        "closed": {"smtpd_recipient_restrictions": f"{at_once}, {SUBMITTING}", "smtpd_end_of_data_restrictions": at_once},
        "deferring": {"smtpd_recipient_restrictions": f"{deferring}, {SUBMITTING}",
                      "smtpd_end_of_data_restrictions": deferring},
    }


@pytest.fixture(scope="module")
def variants(world):
    unix_socket = world.folder / "variants/policy.sock"
    beside = Beside(world, "variants", lambda port: services(port, unix_socket), settings=SETTINGS,
                    gate_settings={"postfix_policy": "prepend_reason = true\n"},
                    more_listeners={"postfix_policy": [f"unix:{unix_socket}"]})
    unix_socket.chmod(0o666)  # Postfix asks as a user of its own
    return beside


def log_lines(server, expression):
    return re.findall(expression, server.postfix.log(), re.M)


# How Postfix logs what is held: the queue ID where a whole message was asked about.
HELD_AT = {"unix": "END-OF-MESSAGE", "data": "DATA"}


@pytest.mark.parametrize("service", HELD_AT)
def test_a_burst_is_stopped_and_the_log_names_each_held_message(variants, service):
    account = variants.somebody(f"burst-{service}")
    outcome = variants.send(service, somewhere(10), account, victims(service, 30))
    assert len(variants.assert_none_is_lost(account, outcome)) <= MOST_OUT
    held = hold_three(variants, service, account)

    def are_logged():
        logged = log_lines(variants, rf"smtpd\[\d+\]: (\w+): hold: {HELD_AT[service]} from .*Postreeve: incident \w+")
        missing = set(held) - set(logged)
        # The first of an smtpd process is held at RCPT: nobody knows yet that it will be asked about as a whole.
        return len(missing) <= 1 and len(held_at_rcpt(variants, account)) >= len(missing)
    wait_for(are_logged, says=variants.postfix.log)


def held_at_rcpt(variants, account):
    return log_lines(variants, rf"NOQUEUE: hold: RCPT from .*Postreeve: incident \w+; from=<{re.escape(account)}>")


def hold_three(variants, service, account):
    """Held by a person, so that the messages are accepted. Their queue IDs."""
    variants.postreeve.ask("account", "release", account, "--reason", "found")
    variants.postreeve.ask("account", "hold", account, "--reason", "looks odd")
    outcome = variants.send(service, DESK, account, [[friend] for friend in contacts(account)[:3]])
    held = [queue_id for queue_id, message_id in variants.postfix.held(account).items() if message_id in outcome.accepted]
    assert len(held) == len(outcome.accepted) == 3
    return held


def test_asked_at_rcpt_alone_a_burst_is_stopped_and_the_log_has_no_queue_id(variants):
    account = variants.somebody("burst-rcpt")
    outcome = variants.send("rcpt", somewhere(11), account, victims("rcpt", 30))
    assert len(variants.assert_none_is_lost(account, outcome)) <= MOST_OUT
    hold_three(variants, "rcpt", account)
    wait_for(lambda: len(held_at_rcpt(variants, account)) >= 3, says=variants.postfix.log)


def test_what_the_milter_holds_is_logged_with_its_queue_id(world):
    account = world.somebody("milter-held")
    world.postreeve.ask("account", "hold", account, "--reason", "looks odd")
    outcome = world.send("milter", DESK, account, [[friend] for friend in contacts(account)[:3]])
    held = world.postfix.held(account)
    assert sorted(held.values()) == sorted(outcome.accepted) and len(held) == 3
    holds = r"cleanup\[\d+\]: (\w+): milter-hold: .*milter triggers HOLD action"
    wait_for(lambda: set(held) <= set(log_lines(world, holds)), says=world.postfix.log)


@pytest.mark.parametrize("service", ["closed", "deferring"])
def test_configured_closed_it_puts_off_everybody_while_postreeve_is_down(variants, service):
    account = variants.somebody(f"{service}")
    friends = contacts(account)
    session = variants.session(service, DESK, account)
    outcome = session.submit([friends[0]])
    variants.postreeve.kill()
    try:
        refused = session.submit([friends[1]])
    finally:
        variants.postreeve.start()
        (variants.postreeve.folder / "policy.sock").chmod(0o666)
    assert not refused.accepted and {code // 100 for code, _ in refused.replies} == {4}
    assert service != "closed" or "451" in str(refused.replies) and "4.3.5" in str(refused.replies)
    outcome += session.submit([friends[1]])
    session.close_quietly()
    variants.postfix.settle()
    variants.assert_none_is_lost(account, outcome)
    assert len(outcome.accepted) == 2


def test_the_reason_is_prepended_once_a_message(variants):
    account = variants.somebody("prepended")
    outcome = variants.send("end", DESK, account, [contacts(account)[:3]] * 2)
    assert len(outcome.accepted) == 2
    texts = [m.text for m in variants.sink.messages if m.message_id in outcome.accepted]
    assert [len(re.findall(r"^X-Postreeve: standing=clear risk=-\d", text, re.M)) for text in texts] == [1, 1]


def test_a_suspended_account_is_refused_for_good_where_that_is_asked_for(variants):
    account = variants.somebody("disabled")
    session = variants.session("end", DESK, account)
    assert len(session.submit([contacts(account)[0]]).accepted) == 1
    variants.postreeve.ask("account", "suspend", account, "--reason", "reported by telephone")
    outcome = session.submit([contacts(account)[1]])
    session.close_quietly()
    assert not outcome.accepted
    (code, text), = outcome.replies
    assert code == 525 and text.startswith("5.7.13")
    wait_for(lambda: log_lines(variants, r"NOQUEUE: reject: RCPT from .*: 525 5\.7\.13 "))
