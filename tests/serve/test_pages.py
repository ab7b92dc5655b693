"""A page about an incident, and who else is woken."""

import json
import pathlib
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from daemon import SLOWNESS  # noqa: E402
from private_servers.receiver import Receiver  # noqa: E402

TAKEN, LEFT = "anna@x.example", "bob@x.example"


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


def test_whoever_takes_an_incident_over_stops_the_escalation(make_daemon, receiver):
    daemon = make_daemon(gates=(), settings=f"""[response]
suspended = ["wake"]
[action.wake]
type = "page"
url = "{receiver.url}/first"
escalate_url = "{receiver.url}/second"
escalate_after = "10s"
""").start()

    def paged(path):
        return [json.loads(body)["account"] for where, _, body in receiver.requests if where == path]

    def wait(condition):
        until = time.monotonic() + 20 * SLOWNESS
        while not condition():
            assert time.monotonic() < until, daemon.log()
            time.sleep(0.02)

    for account in (TAKEN, LEFT):
        daemon.ask("account suspend", account=account, reason="looks odd")
    wait(lambda: sorted(paged("/first")) == [TAKEN, LEFT])
    incident = daemon.ask("account show", account=TAKEN)["incident"]
    assert daemon.ask("incident take", incident=incident, by="bob", reason="on call")["assignee"] == "bob"

    def told():
        return [line["text"] for line in daemon.ask("incident show", incident=incident)["timeline"]]

    wait(lambda: "wake: nobody else was paged: bob takes care of the incident" in told())
    wait(lambda: paged("/second"))
    assert paged("/second") == [LEFT] and "bob takes care of it; on call" in told()
