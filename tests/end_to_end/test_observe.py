"""In observe mode everything is said and nothing done."""

from private_servers.clients import Place
from private_servers.machine import wait_for
from test_burst import victims


def test_observe_mode_touches_nothing(world):
    account = world.somebody("observed", at=world.observer)
    outcome = world.send("observed", Place("20.10.120.1", "User"), account, victims("seen", 30))
    assert len(outcome.accepted) == 30 and not outcome.replies
    world.postfix.settle()
    wait_for(lambda: len(world.sink.message_ids(account)) == 30)
    decisions = world.observer.decisions(account)
    assert {"hold", "defer"} & {decision["verdict"] for decision in decisions}
    assert all(decision["observed"] == "true" for decision in decisions)


def test_observe_mode_refuses_no_suspended_account(world):
    account = world.somebody("observed-suspended", at=world.observer)
    world.observer.ask("account", "suspend", account, "--reason", "test")
    outcome = world.send("observed", Place("20.10.121.1", "User"), account, victims("still", 3))
    world.assert_none_is_lost(account, outcome)
    assert len(world.sink.message_ids(account)) == 3


def test_the_change_to_enforce_mode_holds_at_once(world):
    account = world.somebody("switched", at=world.observer)
    world.observer.ask("account", "suspend", account, "--reason", "test")
    session = world.session("observed", Place("20.10.122.1", "User"), account)
    assert len(session.submit(["a@list1.example"]).accepted) == 1
    # The mode of the configuration can be changed while it runs.
    world.observer.ask("mode", "enforce")
    try:
        assert session.submit(["b@list1.example"]).replies[0][0] == 451
    finally:
        world.observer.ask("mode", "observe")
    assert len(session.submit(["c@list1.example"]).accepted) == 1
    session.close_quietly()
