"""What the gates say because of a setting, in trouble, and at the end."""

import json
import os
import pathlib
import select
import signal
import socket
import subprocess

import pytest

from daemon import OFFICE, POSTREEVE, SLOWNESS, PolicyClient, http, wait_for
from private_servers import geography


def may_log_in(daemon, account, protocol):
    asked = {"login": account, "remote": OFFICE, "pwhash": "1", "protocol": protocol}
    status, answer = http(daemon, "auth_policy", "POST", "/?command=allow", json.dumps(asked).encode(),
                          [("Content-Type", "application/json")])
    assert status == 200, answer
    return json.loads(answer)["status"] == 0


@pytest.mark.parametrize("setting, open_doors", [
    ("", {"smtp", "imap", "pop3"}),
    ("refuse_suspended = true\n", {"imap", "pop3"}),
    ("suspended_refuses_mailboxes = true\n", {"smtp"}),
])
def test_mailboxes_of_suspended_accounts_stay_open_unless_they_are_closed(make_daemon, setting, open_doors):
    daemon = make_daemon(gates=("metrics",))
    daemon.configure(f'[gate.auth_policy]\nlisten = ["127.0.0.1:0"]\n{setting}')
    daemon.start()
    daemon.ask("account suspend", account="a@x.example", reason="r")
    assert {door for door in ("smtp", "imap", "pop3") if may_log_in(daemon, "a@x.example", door)} == open_doors
    assert may_log_in(daemon, "b@x.example", "imap")
    daemon.stop()


@pytest.fixture(scope="module")
def failing(tmp_path_factory):
    """What makes judging fail for whoever comes from an address that was not seen before (fault.cc)."""
    if b"__asan_init" in pathlib.Path(POSTREEVE).read_bytes():
        pytest.skip("sanitizers have an allocator of their own")
    library = tmp_path_factory.mktemp("fault") / "fault.so"
    source = pathlib.Path(__file__).with_name("fault.cc")
    subprocess.run(["c++", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return {**os.environ, "LD_PRELOAD": str(library)}


@pytest.mark.parametrize("fail, mode, answers", [("open", "enforce", "DUNNO"), ("closed", "enforce", "451 4.3.0 "), ("closed", "observe", "DUNNO")])
def test_where_judging_fails_the_setting_decides(make_daemon, tmp_path, failing, fail, mode, answers):
    places = geography.write(tmp_path / "world.mmdb")
    daemon = make_daemon(gates=("gate.postfix_policy",))
    daemon.configure(f'[geography]\nfiles = ["{places}"]\n', mode)
    daemon.config.write_text(daemon.config.read_text().replace("[guard]\n", f'[guard]\nfail = "{fail}"\n'))
    daemon.start(env=failing)
    with PolicyClient(daemon) as client:
        for number in range(3):
            said = client.ask(f"a{number}@x.example", "b@y.example", f"20.1.0.{number + 1}", instance=f"i{number}")
            assert said.startswith(answers), said
    assert "judging failed" in daemon.log()
    daemon.stop()


def fill(client):
    """Asks until no more is taken: the answers have no place left."""
    client.setblocking(False)
    asked = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n" * 1000
    while select.select([], [client], [], 1 * SLOWNESS)[1]:
        asked = asked[client.send(asked):] or b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n" * 1000


def test_monitoring_is_told_that_it_is_not_ready_while_it_stops(make_daemon):
    daemon = make_daemon().start()
    assert http(daemon, "metrics", "GET", "/readyz")[0] == 200
    with socket.socket() as slow:
        # Takes no answers: what is under way does not end by itself.
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", daemon.ports["events"]))
        fill(slow)
        daemon.process.send_signal(signal.SIGTERM)
        wait_for(lambda: http(daemon, "metrics", "GET", "/readyz")[0] == 503, 2)
        assert http(daemon, "metrics", "GET", "/livez")[0] == 200
        assert daemon.process.wait(15 * SLOWNESS) == 0, daemon.log()
