"""The milter gate with an obedient judge, and a private Postfix that asks it."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))

import private_servers.postfix  # noqa: E402
from private_servers import machine  # noqa: E402
from private_servers.machine import wait_for  # noqa: E402
from private_servers.sasl import Sasl  # noqa: E402
from private_servers.sink import Sink  # noqa: E402

RELAYING = "permit_mynetworks, permit_sasl_authenticated, reject"


class Server:
    """tests/milter/milter_server.cc."""

    def __init__(self, port=0):
        binary = os.environ.get("POSTREEVE_MILTER_SERVER", ROOT / "build/dev/tests/milter_server")
        self.lines = []
        self.process = subprocess.Popen([binary, str(port)], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line)

    def events(self, count):
        """All events, as soon as they are as many; a submission has its content."""
        return wait_for(lambda: (found := self._events()) is not None and len(found) == count and [found])[0]

    def _events(self):
        events = []
        for line in list(self.lines):
            if line.startswith("content "):
                events[-1]["content"] = json.loads(line[len("content "):])
            else:
                events.append(json.loads(line))
        is_whole = not events or events[-1]["event"] != "submission" or "content" in events[-1]
        return events if is_whole else None

    def forget(self):
        self.lines.clear()

    def stop(self):
        self.process.terminate()
        assert self.process.wait(10) == 0


class Postfix(private_servers.postfix.Postfix):
    """A private instance that asks the milter."""

    def __init__(self, milter_port):
        self.auth = Sasl()
        self.sink = Sink()
        milter = f"{{ inet:127.0.0.1:{milter_port}, default_action=accept, connect_timeout=2s }}"
        super().__init__(machine.folder(), self.auth.endpoint, self.sink.port,
                         {"submission": {"smtpd_milters": milter, "mynetworks": "127.0.0.0/8",
                                         "smtpd_relay_restrictions": RELAYING}})
        self.port = self.ports["submission"]

    def delivered(self):
        return [message.text for message in self.sink.messages]

    def stop(self):
        super().stop()
        self.sink.stop()
        self.auth.stop()
        shutil.rmtree(self.folder)
