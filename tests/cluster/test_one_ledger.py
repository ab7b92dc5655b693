"""What one node decides holds on the others, whether the ledger's server is there or not."""

import contextlib
import json
import signal
import sqlite3
import time

from daemon import SLOWNESS, PolicyClient, http
from private_servers.machine import silenced, wait_for


def answer(node, account="anna@x.example"):
    with PolicyClient(node) as client:
        return client.ask(account, "somebody@y.example")


def refuses(node, account="anna@x.example"):
    return not answer(node, account).startswith(("DUNNO", "PREPEND"))


def ledger(node):
    return node.ask("status")["ledger"]


def suspend(node, account="anna@x.example"):
    node.ask("account suspend", account=account, reason="a test")


def test_what_is_suspended_on_one_node_is_refused_by_the_other_at_its_next_request(cluster):
    one, two = cluster.node("one"), cluster.node("two")
    assert not refuses(two)
    suspend(one)
    begin = time.monotonic()
    wait_for(lambda: refuses(two), 5 * SLOWNESS, "the other node did not learn of it")
    assert time.monotonic() - begin < 1.0 * SLOWNESS
    one.ask("account release", account="anna@x.example", reason="a test")
    wait_for(lambda: not refuses(two), 5 * SLOWNESS, "the other node did not learn that it is over")


def test_a_list_that_is_changed_on_one_node_holds_on_the_other(cluster):
    one, two = cluster.node("one"), cluster.node("two")
    one.ask("list add", list="block", values=["anna@x.example"], comment="a test")
    wait_for(lambda: refuses(two), 5 * SLOWNESS, "the other node did not learn of it")


def test_a_mode_that_was_reloaded_holds_whatever_other_nodes_change(cluster):
    one, two = cluster.node("one"), cluster.node("two", start=False)
    enforcing = two.config.read_text()
    two.config.write_text(enforcing.replace('mode = "enforce"\n', "", 1))
    two.start()
    assert two.ask("status")["mode"] == "observe"
    two.config.write_text(enforcing)
    two.process.send_signal(signal.SIGHUP)
    wait_for(lambda: two.ask("status")["mode"] == "enforce", 10 * SLOWNESS, two.log)
    one.ask("list add", list="block", values=["anna@x.example"], comment="a test")
    wait_for(lambda: refuses(two), 5 * SLOWNESS, "the other node did not learn of it, or only observes again")
    status = two.ask("status")
    assert (status["mode"], status["mode_from"]) == ("enforce", "configuration")


def test_a_node_that_starts_later_knows_what_was_decided_before(cluster):
    suspend(cluster.node("one"))
    assert refuses(cluster.node("two"))


def test_containment_goes_on_without_the_server_and_is_brought_over_when_it_is_back(cluster, server):
    one, two = cluster.node("one"), cluster.node("two")
    server.stop()
    suspend(one)
    assert refuses(one)
    status = ledger(one)
    assert not status["up"] and status["spooled"] >= 1 and status["trouble"]
    assert b"postreeve_ledger_up 0" in http(one, "metrics", "GET", "/metrics")[1]
    server.start()
    wait_for(lambda: ledger(one)["up"] and ledger(one)["spooled"] == 0, 20 * SLOWNESS, one.log)
    wait_for(lambda: refuses(two), 20 * SLOWNESS, two.log)
    assert cluster.ask("SELECT level FROM standing WHERE account = 'anna@x.example'") == ["suspended"]
    assert cluster.ask("SELECT COUNT(*) FROM standing_change WHERE account = 'anna@x.example'") == ["1"]
    assert "is away" in one.log() and "is there again" in one.log()


def test_a_node_starts_without_the_server_with_what_it_last_saw(cluster, server):
    one, two = cluster.node("one"), cluster.node("two")
    suspend(one)
    wait_for(lambda: refuses(two), 5 * SLOWNESS, "the other node did not learn of it")
    two.stop()
    server.stop()
    two.start()
    assert refuses(two) and not ledger(two)["up"]
    server.start()
    wait_for(lambda: ledger(two)["up"], 20 * SLOWNESS, two.log)


def test_a_server_that_is_silent_holds_up_nobody_for_long(cluster, server):
    one = cluster.node("one")
    suspend(one)
    with silenced(server):
        suspend(one, "bob@x.example")
        begin = time.monotonic()
        assert refuses(one, "bob@x.example")
        assert time.monotonic() - begin < 1 * SLOWNESS
    wait_for(lambda: ledger(one)["up"], 20 * SLOWNESS, one.log)
    assert cluster.ask("SELECT COUNT(*) FROM standing_change WHERE account = 'bob@x.example'") == ["1"]


def test_the_duty_goes_to_another_node_when_the_one_that_has_it_is_killed(cluster):
    one = cluster.node("one")
    wait_for(lambda: ledger(one)["has_duty"], 10 * SLOWNESS, "nobody has the duty")
    two = cluster.node("two")
    assert not ledger(two)["has_duty"]
    one.kill()
    wait_for(lambda: ledger(two)["has_duty"], 10 * SLOWNESS, "nobody took the duty over")


def test_tables_of_a_newer_version_are_refused_with_a_clear_message(cluster):
    one = cluster.node("one")
    one.stop()
    cluster.ask("UPDATE ledger_schema SET version = version + 1, oldest_reader = version + 1")
    one.launch()
    assert one.process.wait(20 * SLOWNESS) != 0
    assert "made by a newer Postreeve" in one.log()


def test_a_wrong_connection_is_found_by_check_config(cluster):
    one = cluster.node("one", start=False)
    one.config.write_text('[state]\nledger = "postgresql://u:secret@h/d"\n')
    checked = one.command("check-config")
    assert checked.returncode != 0
    assert "postreeve.toml:2" in checked.stderr and "file of its own" in checked.stderr


def test_every_node_says_which_nodes_there_are(cluster):
    cluster.node("one")
    two = cluster.node("two")
    shown = two.command("cluster", "status", "-o", "json")
    assert shown.returncode == 0, shown.stderr
    nodes = json.loads(shown.stdout)
    assert len(nodes) == 2 and [node["is_this"] for node in nodes].count(True) == 1
    assert all(node["version"] and node["last_heard"] for node in nodes)


def names_in_spool(node):
    with contextlib.closing(sqlite3.connect(f"file:{node.state}.spool?mode=ro", uri=True)) as spool:
        return spool.execute("SELECT account FROM standing UNION SELECT account FROM account_policy").fetchall()


def test_an_account_that_is_forgotten_on_one_node_leaves_no_trace_on_the_other(cluster):
    one, two = cluster.node("one"), cluster.node("two")
    suspend(one)
    wait_for(lambda: refuses(two), 5 * SLOWNESS, "the other node did not learn of it")
    one.ask("account trust", account="anna@x.example", networks=["192.0.2.0/24"], reason="a test")
    wait_for(lambda: names_in_spool(two), 5 * SLOWNESS, "the other node has no copy")
    answer(two)
    one.ask("account forget", account="anna@x.example", reason="a test", force=True)
    answer(two, "bob@x.example")
    wait_for(lambda: not names_in_spool(two), 5 * SLOWNESS, "the other node's copy has the name")
    # What it had in memory of both is written by now, if it is written at all.
    count = "SELECT COUNT(*) FROM hourly_count WHERE account = '{}@x.example'"
    wait_for(lambda: cluster.ask(count.format("bob")) == ["1"], 10 * SLOWNESS, two.log)
    assert cluster.ask(count.format("anna")) == ["0"]
