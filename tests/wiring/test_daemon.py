"""The command line beside a real `postreeve serve`: what docs/operating.md says, typed."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from private_servers import machine  # noqa: E402

POSTREEVE = os.environ.get("POSTREEVE_BINARY", "build/release/postreeve")

CONFIG = """\
[accounts]
default_domain = "example.org"
[state]
path = "{folder}/state.db"
[control]
socket = "{folder}/control.sock"
[gate.postfix_policy]
listen = ["unix:{folder}/policy.sock"]
[gate.auth_policy]
listen = ["unix:{folder}/auth.sock"]
[metrics]
listen = ["unix:{folder}/metrics.sock"]
"""

RCPT = """\
request=smtpd_access_policy
protocol_state=RCPT
protocol_name=ESMTP
client_address={client}
client_name=unknown
helo_name=pc
sender=anna@example.org
recipient={recipient}
sasl_username=anna@example.org
instance={instance}

"""


class Daemon:
    def __init__(self, folder):
        self.folder = folder
        self.config = folder / "postreeve.toml"
        self.config.write_text(CONFIG.format(folder=folder))
        self.log = folder / "log"
        self.asked = 0
        self.start()

    def start(self):
        with self.log.open("a") as log:
            self.process = subprocess.Popen([POSTREEVE, "serve", "--config", self.config], stderr=log)
        until = time.monotonic() + 30
        while self.run("status", check=False).returncode != 0:
            assert self.process.poll() is None and time.monotonic() < until, self.log.read_text()
            time.sleep(0.05)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0, self.log.read_text()

    def run(self, *words, check=True, text=None):
        done = subprocess.run([POSTREEVE, *words, "--config", self.config], input=text, capture_output=True, text=True,
                              timeout=60, check=False)
        assert not check or done.returncode == 0, done.stderr
        return done

    def data(self, *words):
        return json.loads(self.run(*words, "-o", "json").stdout)

    def ask(self, recipient, client="192.0.2.7"):
        self.asked += 1
        with socket.socket(socket.AF_UNIX) as gate:
            gate.connect(str(self.folder / "policy.sock"))
            gate.sendall(RCPT.format(client=client, recipient=recipient, instance=f"i{self.asked}").encode())
            answer = b""
            while b"\n\n" not in answer:
                answer += gate.recv(4096)
            return answer.decode().strip()

    def get(self, path):
        with socket.socket(socket.AF_UNIX) as gate:
            gate.connect(str(self.folder / "metrics.sock"))
            gate.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            while more := gate.recv(65536):
                answer += more
            return answer.decode()


@pytest.fixture
def daemon():
    folder = machine.folder()  # shown in lines of a hundred columns; pytest's gets longer with every run
    started = Daemon(folder)
    yield started
    if started.process.poll() is None:
        started.stop()
    shutil.rmtree(folder)


def plain(text):
    return " ".join(text.split())


def widths(text):
    return max(len(line) for line in text.splitlines())


def test_status_mode_and_restart(daemon):
    assert daemon.data("mode")["mode"] == "observe"
    assert "nothing is refused" in daemon.run("mode").stdout
    daemon.run("mode", "enforce", "--reason", "a week of watching")
    status = daemon.data("status")
    assert status["mode"] == "enforce" and status["state"] == "written" and status["mode_from"] == "command line"
    assert widths(daemon.run("status").stdout) <= 100
    daemon.stop()
    daemon.start()
    assert daemon.data("mode")["mode"] == "enforce"
    wrong = daemon.run("mode", "enfroce", check=False)
    assert wrong.returncode == 65 and "write observe or enforce" in wrong.stderr


def test_a_person_suspends_looks_and_releases(daemon):
    daemon.run("mode", "enforce")
    assert daemon.ask("bob@example.net") == "action=DUNNO"
    clear = daemon.run("account", "release", "anna")
    assert "nothing to release" in clear.stdout
    daemon.run("account", "suspend", "anna", "--reason", "reported by phone")
    assert daemon.ask("bob@example.net").startswith("action=451 4.7.1 ")
    shown = daemon.run("account", "show", "anna").stdout
    assert "suspended since" in plain(shown) and widths(shown) <= 100
    incident, = daemon.data("incident", "list", "--state", "open")
    assert incident["account"] == "anna@example.org"
    assert widths(daemon.run("incident", "list").stdout) <= 100
    story = daemon.run("incident", "show", incident["incident"]).stdout
    assert "reported by phone" in plain(story) and widths(story) <= 100
    daemon.run("incident", "note", incident["incident"], "called back")
    daemon.run("incident", "confirm", incident["incident"], "--cause", "phishing", "--dry-run")
    assert daemon.data("account", "release", "anna", "--reason", "new password")["standing"] == "recovering"
    assert daemon.ask("bob@example.net") == "action=DUNNO"
    verbs = [entry["verb"] for entry in daemon.data("audit", "list")]
    assert verbs.index("account release") < verbs.index("account suspend")
    log = daemon.log.read_text()
    assert re.search(r" decision event=recipient account=anna@example.org verdict=defer standing=suspended ", log)
    line = next(line for line in log.splitlines() if "verdict=defer" in line)
    explained = json.loads(daemon.run("explain", line, "-o", "json").stdout)
    assert explained["account"] == "anna@example.org" and explained["now"].startswith("recovering")


def test_unknown_things_are_67_and_name_the_fix(daemon):
    for words in (["account", "show", "nobody"], ["incident", "show", "00000000000000aa"]):
        done = daemon.run(*words, check=False)
        assert done.returncode == 67, done.stderr
    assert "incident list" in done.stderr
    assert daemon.run("account", "show", "nobody", "--socket", daemon.folder / "none", check=False).returncode == 69
    assert daemon.run("account", "sohw", "nobody", check=False).returncode == 64


def test_lists_are_imported_whole_or_not_at_all(daemon):
    bad = daemon.run("list", "import", "block", "-", check=False, text="203.0.113.1\n# crew\n203.0.113.0/99\n")
    assert bad.returncode == 65 and "standard input:3: " in bad.stderr
    assert daemon.data("list", "show") == []
    assert daemon.run("list", "show").stdout == "  none\n"
    many = "".join(f"trap{i}@example.org\n" for i in range(1200))
    assert len(json.loads(daemon.run("list", "import", "canary", "-", "-o", "json", text=many).stdout)) == 1200
    exported = daemon.run("list", "export", "canary").stdout
    assert sorted(exported.split()) == sorted(many.split())
    daemon.run("list", "add", "block", "203.0.113.0/24", "--comment", "crew, of March", "--expires", "30d")
    assert '"crew, of March"' in daemon.run("list", "show", "block", "-o", "csv").stdout
    daemon.run("list", "remove", "block", "203.0.113.0/24")


def test_trust_policy_tokens_top_and_backup(daemon):
    machine.room_in_the_hour()
    daemon.ask("bob@example.net")
    trusted = daemon.data("account", "trust", "anna", "192.0.2.0/24", "--reason", "trade fair")
    assert trusted["expires"] is not None
    assert daemon.data("account", "trust", "anna", "192.0.2.0/24", "--expires", "never")["expires"] is None
    assert daemon.data("account", "policy", "anna", "--only-country", "DE")["only_countries"] == ["DE"]
    daemon.run("account", "policy", "anna", "--clear")
    assert daemon.data("top", "senders", "--compare")[0]["recipients"] == 1
    token = daemon.data("token", "add", "webmail", "--event", "login", "--expires", "365d")
    assert token["token"].startswith("ptk_")
    assert widths(daemon.run("token", "list").stdout) <= 100
    daemon.run("token", "revoke", token["token_id"])
    daemon.run("backup", daemon.folder / "copy.db")
    assert (daemon.folder / "copy.db").stat().st_mode & 0o777 == 0o600
    assert daemon.run("backup", daemon.folder / "copy.db", check=False).returncode == 65


def test_watch_shows_decisions_as_they_are_made(daemon):
    watching = subprocess.Popen([POSTREEVE, "watch", "--config", daemon.config], stdout=subprocess.PIPE, text=True)
    line = ""
    for i in range(20):
        time.sleep(0.3)
        daemon.ask(f"bob{i}@example.net")
        if os.get_blocking(watching.stdout.fileno()):
            os.set_blocking(watching.stdout.fileno(), False)
        line = watching.stdout.readline() or ""
        if line:
            break
    watching.kill()
    watching.wait()
    assert "accept  recipient   anna@example.org" in line


def test_metrics_and_health(daemon):
    daemon.ask("bob@example.net")
    metrics = daemon.get("/metrics")
    assert 'postreeve_decisions_total{action="accept",gate="postfix_policy"} 1' in metrics
    assert "postreeve_ledger_waiting" in metrics and "anna" not in metrics
    assert daemon.get("/livez").endswith("ok\n") and daemon.get("/readyz").endswith("ok\n")


def test_reload_keeps_what_was_when_the_new_is_wrong(daemon):
    daemon.config.write_text(daemon.config.read_text() + '[guard]\nmode = "enforce"\n')
    daemon.process.send_signal(signal.SIGHUP)
    until = time.monotonic() + 20
    while daemon.data("mode", "--socket", str(daemon.folder / "control.sock"))["mode"] != "enforce":
        assert time.monotonic() < until, daemon.log.read_text()
        time.sleep(0.05)
    good = daemon.config.read_text()
    daemon.config.write_text(good + '[gate.milter]\nlisten = ["nonsense"]\n')
    daemon.process.send_signal(signal.SIGHUP)
    while "configuration not changed" not in daemon.log.read_text():
        assert time.monotonic() < until, daemon.log.read_text()
        time.sleep(0.05)
    assert re.search(r"postreeve.toml:\d+:\d+: ", daemon.log.read_text())
    daemon.config.write_text(good)
    assert daemon.data("mode")["mode"] == "enforce"


def test_doctor_asks_the_daemon_how_it_is(daemon):
    def checks():
        done = daemon.run("doctor", "-o", "json", check=False)
        return {check["name"]: check for check in json.loads(done.stdout)}

    daemon.ask("bob@example.net")
    found = checks()
    assert found["control"]["outcome"] == "PASS"
    assert found["daemon.mode"]["outcome"] == "PASS" and "observes" in found["daemon.mode"]["found"]
    assert found["daemon.state"]["outcome"] == "PASS"
    assert found["daemon.events"]["outcome"] == "SKIP"  # only just started, and no login yet
    daemon.stop()
    assert checks()["control"]["outcome"] == "FAIL"


def test_explain_without_a_daemon_reads_the_line(daemon):
    line = ("Nov 29 02:54:00 mx dovecot: imap-login: Login: user=<anna>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, "
            "mpid=77, TLS, session=<abc>")
    told = daemon.run("explain", line, "--socket", daemon.folder / "none")
    assert "anna logged in to imap from 192.0.2.7" in told.stdout and "no daemon answers" in told.stderr
    assert daemon.run("explain", "-", text="what is this\n", check=False).returncode == 65
