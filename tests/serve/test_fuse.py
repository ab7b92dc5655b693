"""Too many accounts look stolen at once: nobody else is restricted, and staff hears of it once."""

import json
import pathlib
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from daemon import SLOWNESS, THIEF, PolicyClient, http, teach  # noqa: E402
from private_servers.receiver import Receiver  # noqa: E402

ACCOUNTS = [f"user{i}@x.example" for i in range(8)]
MOST = 5  # that are restricted within an hour on a server of few accounts


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


def wait(condition, says, seconds=20):
    until = time.monotonic() + seconds * SLOWNESS
    while not condition():
        assert time.monotonic() < until, says()
        time.sleep(0.02)


def run_of_a_thief(daemon, account):
    with PolicyClient(daemon) as client:
        for i in range(30):
            client.ask(account, f"stranger{i}@victims{i % 7}.example", client=THIEF, instance=f"{account}.{i}")


def test_staff_is_told_once_that_the_fuse_is_out_also_over_a_restart(make_daemon, receiver):
    settings = f'[response]\nslowed = ["page"]\n[action.page]\ntype = "page"\nurl = "{receiver.url}"\n'
    daemon = make_daemon(settings=settings).start()
    teach(daemon, ACCOUNTS)
    assert daemon.ask("status")["fuse"] == "in place"

    def told():
        return [said for said in map(json.loads, (body for _, _, body in receiver.requests)) if said["type"] == "fuse.out"]

    for account in ACCOUNTS:
        run_of_a_thief(daemon, account)
    restricted = [a for a in ACCOUNTS if daemon.ask("account standing", account=a)["standing"] in ("slowed", "held", "suspended")]
    assert len(restricted) == MOST
    wait(told, daemon.log)
    assert told()[0]["headline"] == "the fuse is out: nobody else is restricted" and told()[0]["account"] == ""
    assert "5 accounts were restricted within an hour" in told()[0]["reason"]
    assert daemon.ask("status")["fuse"] == "out"
    assert "\npostreeve_fuse_out 1\n" in http(daemon, "metrics", "GET", "/metrics")[1].decode()
    watched = [line for line in daemon.log().splitlines() if "fuse=out" in line]
    assert {a for a in ACCOUNTS if any(f"account={a} " in line for line in watched)} == set(ACCOUNTS) - set(restricted)

    daemon.stop()
    daemon.start()
    wait(lambda: daemon.ask("status")["fuse"] == "out", daemon.log)
    time.sleep(2.5)  # it looks every second
    assert len(told()) == 1 and "fuse.back" not in str(receiver.requests)
