"""check_sasl_access by socketmap and by tcp_table: a lock that reaches a session that is already open."""

import pytest

from private_servers.habits import DESK, contacts


@pytest.mark.parametrize("table", ["socketmap", "tcp_table"])
def test_a_suspension_reaches_a_running_session_and_its_end_too(world, table):
    account = world.somebody(f"locked-{table.replace('_', '-')}")
    friend = contacts(account)[0]
    session = world.session(table, DESK, account)
    outcome = session.submit([friend])
    assert len(outcome.accepted) == 1

    world.postreeve.ask("account", "suspend", account, "--reason", "reported by phone")
    code, text = _answer_to_recipient(session, account, friend)
    assert code == 451 and "4.7.1" in text

    world.postreeve.ask("account", "release", account, "--reason", "sorted out")
    outcome += session.submit([friend])
    session.close_quietly()
    assert len(outcome.accepted) == 2
    world.assert_none_is_lost(account, outcome)


def _answer_to_recipient(session, sender, recipient):
    session.mail(sender)
    code, reply = session.rcpt(recipient)
    session.rset()
    return code, reply.decode()


def test_who_is_not_suspended_is_not_touched(world):
    account = world.somebody("unlocked")
    outcome = world.send("socketmap", DESK, account, [["a@partner1.example"]])
    outcome += world.send("tcp_table", DESK, account, [["b@partner1.example"]])
    world.assert_none_is_lost(account, outcome)
    assert len(outcome.accepted) == 2
