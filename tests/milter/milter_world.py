"""The milter gate with an obedient judge, and a private Postfix that asks it."""

import base64
import json
import os
import pathlib
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, seconds=10):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = what()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come")


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


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


class Postfix:
    """A private instance on loopback. Needs root, as `postfix start` does."""

    def __init__(self, milter_port):
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="postreeve-postfix-"))
        self.base.chmod(0o755)
        self.port, self.sink_port = free_port(), free_port()
        self.auth = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _DovecotAuth)
        self.auth.daemon_threads = True
        threading.Thread(target=self.auth.serve_forever, daemon=True).start()
        self._write_configuration(milter_port)
        self.sink_folder = self.base / "sink"
        self.sink_folder.mkdir()
        self.sink = subprocess.Popen(["smtp-sink", "-u", "root", "-d", "%s.", f"127.0.0.1:{self.sink_port}", "100"], cwd=self.sink_folder)
        self._postfix("start")
        wait_for(lambda: answers(self.port))

    def _write_configuration(self, milter_port):
        etc = self.base / "etc"
        for folder in (etc, self.base / "spool", self.base / "log", self.base / "data"):
            folder.mkdir()
        shutil.chown(self.base / "data", "postfix")
        (etc / "main.cf").write_text(f"""
compatibility_level = 3.6
queue_directory = {self.base}/spool
data_directory = {self.base}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
maillog_file = {self.base}/log/maillog
maillog_file_prefixes = {self.base}
myhostname = mx.example.test
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
disable_dns_lookups = yes
smtp_host_lookup = native
smtpd_peername_lookup = no
default_transport = smtp:[127.0.0.1]:{self.sink_port}
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{self.auth.server_address[1]}
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject
smtpd_authorized_xclient_hosts = 127.0.0.0/8
smtpd_milters = {{ inet:127.0.0.1:{milter_port}, default_action=accept, connect_timeout=2s }}
""")
        services = """
127.0.0.1:PORT inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
        (etc / "master.cf").write_text(services.replace("PORT", str(self.port)))

    def _postfix(self, command):
        subprocess.run(["postfix", "-c", str(self.base / "etc"), command], check=True, capture_output=True, timeout=30)

    def queue(self):
        """The messages in the queue by their IDs."""
        shown = subprocess.run(["postqueue", "-c", str(self.base / "etc"), "-j"], check=True, capture_output=True, text=True)
        return {message["queue_id"]: message for message in map(json.loads, shown.stdout.splitlines())}

    def header_of(self, queue_id):
        shown = subprocess.run(["postcat", "-c", str(self.base / "etc"), "-h", "-q", queue_id], check=True, capture_output=True, text=True)
        return shown.stdout

    def delivered(self):
        return [path.read_text() for path in self.sink_folder.iterdir()]

    def stop(self):
        self._postfix("stop")
        self.sink.terminate()
        self.sink.wait(10)
        self.auth.shutdown()
        self.auth.server_close()
        shutil.rmtree(self.base)
