"""Mail of two accounts in the queue of a private Postfix or Exim, and the helper that runs as root."""

import json
import os
import re
import shutil
import smtplib
import socketserver
import subprocess
import threading
import time
from email.message import EmailMessage

import private_servers.exim
import private_servers.postfix
from driver import drive
from private_servers import machine
from private_servers.clients import proxy_line
from private_servers.dovecot import Dovecot
from private_servers.machine import ROOT, wait_for
from private_servers.sink import Sink

HELPER = os.environ.get("POSTREEVE_QUEUE_HELPER", str(ROOT / "build/dev/postreeve-queue"))
PASSWORD = "secret"
ANNA, BOB = "anna@shop.example", "bob@shop.example"
THIEF, OTHER_THIEF, OWNER = "198.51.100.7", "203.0.113.9", "192.0.2.4"
MAIN = """\
enable_long_queue_ids = yes
default_destination_concurrency_limit = 1
initial_destination_concurrency = 1
"""


def letter(sender, number, text="Good day."):
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "b@ok.test", f"Offer {number}"
    made["Message-ID"] = f"<m{number}@client.example>"
    made.set_content(text + "\n")
    return made.as_bytes()


def answer_of(output):
    """The lines of an answer without its end, which must be there."""
    lines = [json.loads(line) for line in output.splitlines()]
    assert lines and lines[-1] == {"end": True}, output
    return lines[:-1]


class World:
    """What both servers have: a password for everybody, a destination, and the helper."""

    server = ""

    def __init__(self):
        self.folder = machine.folder()
        self.sink = Sink()
        self.dovecot = Dovecot(self.folder / "dovecot", PASSWORD)

    def helper_command(self):
        raise NotImplementedError

    def ask(self, *arguments, ids=()):
        done = subprocess.run([*self.helper_command(), *arguments], input="".join(f"{i}\n" for i in ids), text=True,
                              capture_output=True, timeout=60)
        return done

    def do(self, *arguments, ids=()):
        done = self.ask(*arguments, ids=ids)
        assert done.returncode == 0, done.stdout + done.stderr
        return answer_of(done.stdout)

    def listed(self, account=None, *more):
        return self.do("list", *(("--account", account) if account else ()), *more)

    def results(self, verb, account, ids, *more):
        return [line["result"] for line in self.do(verb, "--account", account, *more, ids=ids)]

    def drive(self, kind, steps, settings=None, receipt=None, familiar=(), is_undo=False, clues=None, **entry):
        """One action as the worker calls it; `familiar`: networks that the account has long sent from."""
        state = self.folder / "state"
        state.mkdir(exist_ok=True)
        known = ({} if receipt is None else {"receipt": receipt}) | ({"is_undo": True} if is_undo else {})
        told = {"account": ANNA, "before": "clear", "after": "held", "incident": 43981, "client": THIEF,
                "author": "postreeve", "risk": 6, **entry}
        return drive(kind, {**self.settings(), **(settings or {})}, state, steps=steps, entry=told,
                     familiar=list(familiar), clues=clues or {}, **known)

    def settings(self):
        return {"helper": self.helper_command()[:self.helper_words], "server": self.server}

    helper_words = 1

    def stop(self):
        self.dovecot.stop()
        self.sink.stop()
        shutil.rmtree(self.folder)


class PostfixWorld(World):
    server = "postfix"

    def __init__(self):
        super().__init__()
        self.postfix = private_servers.postfix.Postfix(
            self.folder / "postfix", self.dovecot.auth, self.sink.port,
            {"submission": {}, "holding": {"smtpd_sender_restrictions": "check_sender_access static:HOLD"}}, MAIN)
        self.configuration = self.folder / "postfix/etc"

    def helper_command(self):
        return [HELPER, "--config", str(self.configuration)]

    def settings(self):
        return {**super().settings(), "config_directory": str(self.configuration)}

    def submit(self, account, count=1, client=THIEF, held=False, recipients=("b@ok.test",), sender=None, first=0,
               text="Good day."):
        """The queue IDs of `count` messages of a session."""
        ids = []
        with smtplib.SMTP("127.0.0.1", self.postfix.ports["holding" if held else "submission"], "laptop",
                          timeout=30) as session:
            session.ehlo()
            session.docmd("XCLIENT", f"ADDR={client} NAME=[UNAVAILABLE] PORT=4242")
            session.ehlo()
            session.login(account, PASSWORD)
            for number in range(first, first + count):
                session.mail(account if sender is None else sender)
                for recipient in recipients:
                    session.rcpt(recipient)
                _, reply = session.data(letter(account, number, text))
                ids.append(re.search(rb"queued as (\S+)", reply)[1].decode())
        return ids

    def submit_deferred(self, account, count=1, **more):
        """In the deferred queue: the destination takes it later."""
        ids = self.submit(account, count, recipients=("full@ok.test",), **more)
        wait_for(lambda: all(self.where(i) == "deferred" for i in ids), says=lambda: str(self.postfix.queue()))
        return ids

    def where(self, queue_id):
        return self.postfix.queue().get(queue_id, {}).get("queue_name", "")

    def file_of(self, queue_id):
        return next(path for path in (self.folder / "postfix/spool").rglob(queue_id)
                    if path.parts[-2] not in ("defer", "bounce") and "defer" not in path.parts)

    def make_older(self, queue_id, seconds):
        """As if it had come earlier: the times in its file are written over in place."""
        path = self.file_of(queue_id)
        content = path.read_bytes()
        with path.open("r+b") as file:
            for found in (re.search(rb"T.(\d{10}) ", content, re.S), re.search(rb"create_time=(\d{10})", content)):
                file.seek(found.start(1))
                file.write(str(int(found[1]) - seconds).encode())

    def stop(self):
        self.postfix.stop()
        super().stop()


class EximWorld(World):
    """The helper sees Exim where packages put it, in a view of the files of its own."""

    server = "exim"
    helper_words = 6

    def __init__(self):
        super().__init__()
        self.exim = private_servers.exim.Exim(self.folder / "exim", self.dovecot.auth, self.sink.port)
        self.configuration = self.folder / "exim/exim.conf"
        programs = self.folder / "programs"
        programs.mkdir()
        (programs / "exim4").symlink_to(private_servers.exim.unpacked())

    def helper_command(self):
        inside = ('mount --bind "$0/passwd" /etc/passwd && mount --bind "$0/group" /etc/group && '
                  'mount --bind "$0/../programs" /usr/sbin && exec "$@"')
        return ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", inside, str(self.folder / "exim"), HELPER, "--server",
                "exim", "--config", str(self.configuration)]

    def settings(self):
        return {"helper": self.helper_command()[:7], "server": "exim", "config_directory": str(self.configuration)}

    def submit(self, account, count=1, client=THIEF, recipients=("full@ok.test",), first=0, text="Good day."):
        ids = []
        for number in range(first, first + count):
            with _ProxySession(self.exim.port, client) as session:
                session.login(account, PASSWORD)
                session.mail(account)
                for recipient in recipients:
                    session.rcpt(recipient)
                _, reply = session.data(letter(account, number, text))
                ids.append(re.search(rb"id=(\S+)", reply)[1].decode())
        return ids

    def stop(self):
        self.exim.stop()
        super().stop()


class _ProxySession(smtplib.SMTP):
    def __init__(self, port, client):
        self._client = client
        super().__init__("127.0.0.1", port, "laptop", timeout=30)
        self.ehlo()

    def _get_socket(self, host, port, timeout):
        connection = super()._get_socket(host, port, timeout)
        connection.sendall(proxy_line(self._client, port))
        return connection


class SocketStarter:
    """What systemd does for postreeve-queue.socket (Accept=yes): a helper for each connection."""

    def __init__(self, path):
        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                subprocess.run([HELPER, "--serve-connection"], stdin=self.request, stdout=self.request, timeout=60)

        self.server = socketserver.ThreadingUnixStreamServer(str(path), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def seconds_of(call):
    begun = time.monotonic()
    call()
    return time.monotonic() - begun
