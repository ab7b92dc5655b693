"""`postreeve serve` with a state of its own, and the command line that asks it."""

import json
import os
import shlex
import signal
import subprocess
import urllib.request

from .machine import ROOT, answers, free_port, wait_for

GATES = ("postfix_policy", "socketmap", "tcp_table", "milter", "auth_policy", "events")


def binary():
    return os.environ.get("POSTREEVE_BINARY", str(ROOT / "build/release/postreeve"))


class Postreeve:
    def __init__(self, folder, mode="enforce", geography=(), logs=(), settings="", ports=None, gate_settings=None,
                 more_listeners=None):
        """`gate_settings`: more lines of a gate's section, by its name; `more_listeners`: where it listens besides."""
        self.folder = folder
        self.binary = binary()
        self.ports = {gate: (ports or {}).get(gate) or free_port() for gate in GATES}
        folder.mkdir(parents=True, exist_ok=True)
        self.configuration = folder / "postreeve.toml"
        self.configuration.write_text(self._text(mode, geography, logs, gate_settings or {}, more_listeners or {}) + settings)
        self._output = (folder / "log").open("a")
        self.process = None
        self._token = None
        self.start()

    def _text(self, mode, geography, logs, more, listeners):
        def listen(name, port):
            return json.dumps([f"127.0.0.1:{port}", *listeners.get(name, ())])
        gates = "".join(f'[gate.{name}]\nlisten = {listen(name, port)}\n{more.get(name, "")}'
                        for name, port in self.ports.items())
        return f"""\
[guard]
mode = "{mode}"
threads = 2
[state]
path = "{self.folder}/state.db"
memory = 64
[control]
socket = "{self.folder}/control"
[geography]
files = {json.dumps([str(g) for g in geography])}
[logs]
files = {json.dumps([str(log) for log in logs])}
from_beginning = true
{gates}"""

    def start(self):
        self.process = subprocess.Popen([self.binary, "serve", "--config", str(self.configuration)],
                                        stdin=subprocess.DEVNULL, stdout=self._output, stderr=self._output)
        wait_for(lambda: all(map(answers, self.ports.values())) or self.process.poll() is not None, says=self.log)
        assert self.process.poll() is None, self.log()

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        """Asks it to end; returns its exit code."""
        if self.process.poll() is None:
            self.thaw()
            self.process.terminate()
        code = self.process.wait(20)
        self._output.close()
        return code

    def ask(self, *words):
        """What a verb of the command line answers."""
        return json.loads(self._command(*words, "-o", "json"))

    def backup(self, file):
        """Writes everything that is only in memory, and all of it to `file` too."""
        self._command("backup", str(file))

    def _command(self, *words):
        done = subprocess.run([self.binary, *words, "--config", str(self.configuration)], capture_output=True,
                              text=True, timeout=30)
        assert done.returncode == 0, f"postreeve {shlex.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    def show(self, *words):
        """What a verb of the command line shows to a person."""
        return self._command(*words)

    def account(self, account):
        return self.ask("account", "show", account)

    def standing(self, account):
        return self.ask("account", "standing", account)["standing"]

    def sent_this_hour(self, account):
        """The account's row in `top senders`."""
        rows = self.ask("top", "senders", "--most", "1000")
        return next((row for row in rows if row["account"] == account), None)

    def logins_reported(self):
        """How many Dovecot has told of, which it does behind its answer to whoever logs in."""
        url = f"http://127.0.0.1:{self.ports['auth_policy']}/?command=stats"
        with urllib.request.urlopen(url, timeout=10) as reply:
            return json.load(reply)["reports"]

    def tell(self, events):
        """Through the event API, in batches."""
        self._token = self._token or self.ask("token", "add", "tests", "--event", "*")["token"]
        for begin in range(0, len(events), 5000):
            body = "".join(json.dumps(event) + "\n" for event in events[begin:begin + 5000])
            request = urllib.request.Request(
                f"http://127.0.0.1:{self.ports['events']}/v1/events", body.encode(),
                {"Authorization": f"Bearer {self._token}", "Content-Type": "application/x-ndjson"})
            with urllib.request.urlopen(request, timeout=60) as reply:
                answer = json.load(reply)
            assert answer["refused"] == 0, answer

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def decisions(self, account):
        """The lines of its log that tell what was done about the account, as dictionaries."""
        lines = (line for line in self.log().splitlines() if "decision event=" in line)
        found = [dict(pair.split("=", 1) for pair in shlex.split(line[line.index("event="):]) if "=" in pair)
                 for line in lines]
        return [decision for decision in found if decision["account"] == account]
