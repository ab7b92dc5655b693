"""Postfix, Dovecot and Exim on the private machine: configured, started, stopped."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from recorder import geography
from recorder.namespace import LAB, run

TEMPLATES = Path(__file__).parent / "templates"
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
OFFSET_FILE = Path("/etc/faketimerc")
EXIM = str(LAB / "exim/usr/sbin/exim4")
EXIM_LOG = LAB / "exim-log/mainlog"

# Exim reads the calendar off the monotonic clock, so for it that one is put forward
# too; for the others intervals stay real. Every call reads the offset again.
EXIM_ENVIRONMENT = {"FAKETIME_NO_CACHE": "1"}
ENVIRONMENT = {**EXIM_ENVIRONMENT, "DONT_FAKE_MONOTONIC": "1"}
# Postfix writes the next attempt into a queue file's time and must read it back
# unchanged. Dovecot compares its lock files' times with the clock, so there the
# times of files are put back like the clock.
POSTFIX_ENVIRONMENT = {**ENVIRONMENT, "NO_FAKE_STAT": "1"}


class Servers:
    def __init__(self, passwords: dict[str, str], exchangers: dict[str, str]):
        self._passwords = passwords
        self._exchangers = exchangers  # domain -> name of its mail exchanger
        self._environment = {"PATH": os.environ["PATH"], "TZ": "Europe/Warsaw"}

    def configure(self) -> None:
        replacements = {"@POSTFIX_ENVIRONMENT@": " ".join(POSTFIX_ENVIRONMENT),
                        "@ENVIRONMENT@": " ".join(ENVIRONMENT),
                        "@EXIM_ENVIRONMENT@": " : ".join(EXIM_ENVIRONMENT)}
        for template, target in (("main.cf", "/etc/postfix/main.cf"), ("master.cf", "/etc/postfix/master.cf"),
                                 ("dovecot.conf", "/etc/dovecot/dovecot.conf"),
                                 ("exim4.conf", "/etc/exim4/exim4.conf")):
            text = (TEMPLATES / template).read_text()
            Path(target).write_text(re.sub("@[A-Z_]+@", lambda word: replacements[word[0]], text))
        Path("/etc/postfix/header_checks").write_text("/^Subject:/ INFO\n")
        Path("/etc/postfix/mailboxes").write_text("".join(f"{a} {a}\n" for a in self._passwords))
        Path("/etc/postfix/transport").write_text(
            "".join(f"{domain} smtp:[{host}]\n" for domain, host in self._exchangers.items()))
        Path("/etc/exim4/transport").write_text(
            "".join(f"{domain}: {host}\n" for domain, host in self._exchangers.items()))
        self._make_certificates()
        self.write_passwords()

    def write_passwords(self) -> None:
        draft = Path("/etc/dovecot/users.new")
        draft.write_text("".join(f"{a}:{{PLAIN}}{p}\n" for a, p in self._passwords.items()))
        shutil.chown(draft, "root", "dovecot")
        draft.chmod(0o640)
        draft.rename("/etc/dovecot/users")

    def change_password(self, account: str, password: str) -> None:
        self._passwords[account] = password
        self.write_passwords()

    def _make_certificates(self) -> None:
        for name, directory in (("mx1", "/etc/dovecot"), ("mx2", "/etc/exim4")):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                            "-nodes", "-days", "3650", "-subj", f"/CN={name}.hosting.example",
                            "-keyout", f"{directory}/key.pem", "-out", f"{directory}/cert.pem"],
                           check=True, capture_output=True)
        shutil.chown("/etc/exim4/key.pem", "Debian-exim", "Debian-exim")

    def start(self) -> None:
        # From here on every program that starts in this namespace lives in the
        # recorded month; this one, which is older, keeps the real clock.
        Path("/etc/ld.so.preload").write_text(FAKETIME + "\n")
        self._call("postfix", "check")  # makes the queue's folders, in one of which Dovecot listens
        self._call("dovecot")
        self._wait_for("192.0.2.10", 143)
        self._call("postfix", "start")
        self._wait_for("192.0.2.10", 587)
        self._call(EXIM, "-bd", "-q1h")
        self._wait_for("192.0.2.20", 587)

    def stop(self) -> None:
        """Asks each server to end; what does not obey ends with the namespace."""
        self._call("postfix", "stop")
        self._call("doveadm", "stop")

    def run_exim_queue(self) -> None:
        self._call(EXIM, "-q")

    def versions(self) -> list[str]:
        postfix = self._call("postconf", "-dh", "mail_version")
        dovecot = self._call("dovecot", "--version").split()[0]
        exim = self._call(EXIM, "-bV").split()[2]
        return [f"Postfix {postfix.strip()}", f"Dovecot {dovecot}", f"Exim {exim}"]

    def _call(self, *command: str) -> str:
        extra = {"postfix": POSTFIX_ENVIRONMENT, EXIM: EXIM_ENVIRONMENT}.get(command[0], ENVIRONMENT)
        environment = {**self._environment, **extra}
        # A file, not a pipe: a daemon would keep the pipe open for ever.
        with tempfile.TemporaryFile("w+") as output:
            result = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=output,
                                    stderr=subprocess.STDOUT, timeout=60)
            output.seek(0)
            text = output.read()
        if result.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} failed: {text.strip()}")
        return text

    def _wait_for(self, host: str, port: int) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection((host, port), timeout=2).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"nothing listens on {host} port {port}")


class EximLog(threading.Thread):
    """Reads Exim's main log as it grows, to know which messages are on their way."""

    def __init__(self):
        super().__init__(daemon=True)
        self._active: set[str] = set()
        self._deferred: set[str] = set()
        self._last = time.monotonic()

    def run(self) -> None:
        while not EXIM_LOG.exists():
            time.sleep(0.05)
        with EXIM_LOG.open(encoding="utf-8", errors="replace") as log:
            while True:
                line = log.readline()
                if not line:
                    time.sleep(0.002)
                    continue
                self._last = time.monotonic()
                self._follow(line.split())

    def _follow(self, words: list[str]) -> None:
        if len(words) < 4:
            return
        identifier, mark = words[2], words[3]
        if mark == "<=":
            self._active.add(identifier)
            self._deferred.discard(identifier)
        elif mark == "==":
            self._deferred.add(identifier)
        elif mark == "Completed":
            self._active.discard(identifier)
            self._deferred.discard(identifier)

    @property
    def has_deferred(self) -> bool:
        return bool(self._deferred)

    def settle(self) -> None:
        """Waits until Exim has nothing left to do but deferred mail, a second at most."""
        deadline = time.monotonic() + 1.0
        while time.monotonic() < deadline:
            silent_for = time.monotonic() - self._last
            if not self._active and silent_for > 0.003:
                return
            if self._active <= self._deferred and silent_for > 0.04:
                return
            time.sleep(0.001)
