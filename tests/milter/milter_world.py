"""The milter gate with an obedient judge, and a private Postfix that asks it."""

import base64
import json
import os
import pathlib
import shutil
import socketserver
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))

import private_servers.postfix  # noqa: E402
from private_servers import machine  # noqa: E402
from private_servers.machine import wait_for  # noqa: E402
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


class _DovecotAuth(socketserver.StreamRequestHandler):
    """As much of Dovecot's auth protocol as Postfix speaks; every password is right."""

    def handle(self):
        self.wfile.write(b"VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00\nDONE\n")
        for line in self.rfile:
            fields = line.decode().rstrip("\n").split("\t")
            if fields[0] == "AUTH":
                response = next(f for f in fields if f.startswith("resp="))[len("resp="):]
                user = base64.b64decode(response).split(b"\0")[1].decode()
                self.wfile.write(f"OK\t{fields[1]}\tuser={user}\n".encode())


class Postfix(private_servers.postfix.Postfix):
    """A private instance that asks the milter."""

    def __init__(self, milter_port):
        self.auth = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _DovecotAuth)
        self.auth.daemon_threads = True
        threading.Thread(target=self.auth.serve_forever, daemon=True).start()
        self.sink = Sink()
        milter = f"{{ inet:127.0.0.1:{milter_port}, default_action=accept, connect_timeout=2s }}"
        super().__init__(machine.folder(), f"inet:127.0.0.1:{self.auth.server_address[1]}", self.sink.port,
                         {"submission": {"smtpd_milters": milter, "mynetworks": "127.0.0.0/8",
                                         "smtpd_relay_restrictions": RELAYING}})
        self.port = self.ports["submission"]

    def delivered(self):
        return [message.text for message in self.sink.messages]

    def stop(self):
        super().stop()
        self.sink.stop()
        self.auth.shutdown()
        self.auth.server_close()
        shutil.rmtree(self.folder)
