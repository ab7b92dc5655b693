"""The disk fills up while serving: mail goes on, the status says so, and with room again all is written."""

import os
import random
import time

import pytest

from daemon import OFFICE, SEED, SLOWNESS, THIEF, PolicyClient, Refused, teach, wait_for
from private_servers.disk import small_disk as disk_of

ROUNDS = int(os.environ.get("POSTREEVE_CRASH_ROUNDS", "20"))


@pytest.fixture
def disk(tmp_path):
    with disk_of(tmp_path / "disk", "24m") as where:
        yield where


def fill(disk):
    with (disk / "ballast").open("ab") as ballast:
        for size in (1 << 20, 1 << 12, 1 << 9, 1):
            try:
                while True:
                    os.write(ballast.fileno(), b"x" * size)
            except OSError:
                pass
    return disk / "ballast"


def steal(client, account):
    """What the mail server was told of a take-over."""
    return [client.ask(account, f"victim{i}@z{i}.example", THIEF, f"{account}{i}", state, helo_name="ylmf-pc")
            for i in range(12) for state in ("RCPT", "DATA")]


def work(client, prefix, accounts=1500):
    """Requests of ever new accounts; the slowest answer."""
    slowest = 0
    for n in range(accounts):
        began = time.monotonic()
        assert client.ask(f"{prefix}{n}@x.example", "b@y.example", OFFICE) == "DUNNO"
        slowest = max(slowest, time.monotonic() - began)
    return slowest


def test_mail_goes_on_and_all_is_written_once_there_is_room(make_daemon, disk):
    daemon = make_daemon(state=disk).start()
    teach(daemon, ["anna@x.example", "bert@x.example"])
    daemon.ask("account hold", account="before@x.example", reason="before")
    with PolicyClient(daemon) as client:
        work(client, "early", 200)
        ballast = fill(disk)
        slowest = work(client, "late")
        # A restriction holds at once, although nobody can write it down.
        assert any(action.startswith(("4", "HOLD")) for action in steal(client, "anna@x.example"))
        with pytest.raises(Refused) as refused:
            daemon.ask("account suspend", account="during@x.example", reason="during")
        assert refused.value.code == "unavailable" and "in effect" in refused.value.text, refused.value.text
        said = daemon.command("account", "suspend", "again@x.example", "--reason", "again")
        assert said.returncode == 75 and said.stderr.count("\n") == 1, said
        said = daemon.command("list", "add", "block", "198.51.100.0/24")
        assert said.returncode == 75, said
        for account, level in (("during@x.example", "suspended"), ("anna@x.example", "suspended"), ("before@x.example", "held")):
            wait_for(lambda a=account, l=level: daemon.ask("account standing", account=a)["standing"] == l, 1)
        assert client.ask("during@x.example", "b@y.example", OFFICE).startswith("451")
        wait_for(lambda: daemon.ask("status")["state"] != "written")
        status = daemon.ask("status")
        assert status["standings_unwritten"] >= 3 and status["records_dirty"] > 0, status
        wait_for(lambda: "the state cannot be written" in daemon.log())
        assert "full" in status["state"], status
        # Another change of the same account meanwhile: the order of them lasts.
        with pytest.raises(Refused):
            daemon.ask("account release", account="during@x.example", reason="found")
        with pytest.raises(Refused):
            daemon.ask("account suspend", account="twice@x.example", reason="one")
        with pytest.raises(Refused):
            daemon.ask("account hold", account="twice@x.example", reason="two")
        ballast.unlink()
        wait_for(lambda: daemon.ask("status")["standings_unwritten"] == 0)
        wait_for(lambda: daemon.ask("status")["state"] == "written" and daemon.ask("status")["records_dirty"] == 0)
        wait_for(lambda: "the state is written again" in daemon.log())
    print(f"the slowest answer while the disk was full: {slowest * 1000:.0f} ms")
    assert slowest < 0.5 * SLOWNESS
    daemon.kill()
    daemon.start()
    for account, level in (("before@x.example", "held"), ("during@x.example", "recovering"), ("again@x.example", "suspended"),
                           ("anna@x.example", "suspended"), ("twice@x.example", "held")):
        assert daemon.ask("account standing", account=account)["standing"] == level, account
    assert daemon.ask("account show", account="late1400@x.example")["recipients_known"] == 1
    said = daemon.command("list", "add", "block", "198.51.100.0/24")
    assert said.returncode == 0, said
    daemon.stop()


def test_it_stops_with_a_full_disk_and_says_what_is_lost(make_daemon, disk):
    daemon = make_daemon(state=disk).start()
    daemon.ask("account hold", account="before@x.example", reason="before")
    with PolicyClient(daemon) as client:
        fill(disk)
        work(client, "late")
        with pytest.raises(Refused):
            daemon.ask("account suspend", account="during@x.example", reason="during")
    daemon.stop()
    assert "could not be written and are forgotten" in daemon.log()
    assert "not everything was written" in daemon.log()
    (disk / "ballast").unlink()
    daemon.start()
    assert daemon.ask("account standing", account="before@x.example")["standing"] == "held"
    daemon.stop()


def test_a_start_on_a_full_disk_says_so(make_daemon, disk):
    daemon = make_daemon(state=disk)
    fill(disk)
    daemon.launch()
    assert daemon.process.wait(20) == 69, daemon.log()
    assert daemon.log().count("\n") == 1 and str(disk) in daemon.log(), daemon.log()
    (disk / "ballast").unlink()
    daemon.start()
    daemon.stop()


def acknowledged(daemon, verb, **arguments):
    """Whether the daemon has it for good."""
    try:
        daemon.ask(verb, **arguments)
    except Refused as refused:
        assert refused.code == "unavailable", refused.text
        return False
    return True


def test_kill_9_on_a_full_disk_forgets_nothing_that_was_acknowledged(make_daemon, disk):
    daemon = make_daemon(state=disk).start()
    dice = random.Random(SEED)
    held, blocked, refused = set(), set(), 0
    for life in range(ROUNDS):
        full_at = dice.randrange(5, 20)
        with PolicyClient(daemon) as client:
            for n in range(25):
                if n == full_at:
                    ballast = fill(disk)
                    work(client, f"life{life}.", 100)
                account, network = f"a{life}.{n}@x.example", f"198.51.{life}.{n}"
                taken = acknowledged(daemon, "account hold", account=account, reason="r")
                held |= {account} if taken else set()
                blocked |= {network} if acknowledged(daemon, "list add", list="block", values=[network]) else set()
                refused += not taken
        daemon.kill()
        ballast.unlink()
        daemon.start()
        assert {a for a in held if daemon.ask("account standing", account=a)["standing"] != "held"} == set(), life
        assert blocked <= {row["value"] for row in daemon.ask("list show")}, life
    assert refused > ROUNDS  # the disk was really full
    assert len(daemon.ask("incident list", most=10000)) >= len(held)
    daemon.stop()
