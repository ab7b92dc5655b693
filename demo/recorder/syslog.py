"""The syslog daemon of the recorded host: /dev/log in, /var/log/mail.log lines out.

Like rsyslog it stamps a line with its own clock when the line arrives and writes
the traditional format (RFC 3164, local time, no year).
"""

import os
import re
import socket
import threading
import time

from recorder.clock import Clock

# What servers say only because the clock is put forward: the disk's clock is not, and
# what was under way at that moment seems to have taken the whole leap.
_ARTEFACTS = ("Time moved forwards by", "Time jumped forwards", "file system clock is", "resetting file time stamps",
              "Initial status notification not received", "is ignoring idle SIGINT", "Timeout waiting for handshake",
              "Our dotlock file", "Transaction log file", "unix_trigger_event: read timeout")


def is_artefact(line: str) -> bool:
    return any(artefact in line for artefact in _ARTEFACTS)


_PREFIX = re.compile(r"^<\d+>(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )?")
_QUEUED = re.compile(r"postfix\S*/qmgr\[\d+\]: (\w+): (from=.*queue active|removed)")
_OUTCOME = re.compile(r"postfix\S*/(?:smtp|lmtp|error)\[\d+\]: (\w+): .*status=(\w+)")


class SyslogReceiver(threading.Thread):
    """Collects lines and knows which of Postfix's messages are still on their way."""

    def __init__(self, path: str, host: str, clock: Clock):
        super().__init__(daemon=True)
        self.lines: list[tuple[float, str]] = []
        self.left_out = 0
        self._host = host
        self._clock = clock
        self._active: set[str] = set()
        self._parked: set[str] = set()
        self._last = time.monotonic()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._socket.bind(path)
        os.chmod(path, 0o666)

    def run(self) -> None:
        while True:
            text = self._socket.recv(65536).decode("utf-8", "replace").rstrip("\n\0")
            body = _PREFIX.sub("", text, count=1)
            self._last = time.monotonic()
            if is_artefact(body):
                self.left_out += 1
                continue
            stamp = self._clock.local()
            self.lines.append((stamp.timestamp(), f"{stamp:%b} {stamp.day:2d} {stamp:%H:%M:%S} {self._host} {body}"))
            self._follow(body)

    def _follow(self, body: str) -> None:
        if queued := _QUEUED.match(body):
            if queued[2] == "removed":
                self._active.discard(queued[1])
            else:
                self._active.add(queued[1])
            self._parked.discard(queued[1])
        elif (outcome := _OUTCOME.match(body)) and outcome[2] == "deferred":
            self._parked.add(outcome[1])

    def settle(self) -> None:
        """Waits until Postfix has nothing left to do but deferred mail, a second at most."""
        deadline = time.monotonic() + 1.0
        while time.monotonic() < deadline:
            silent_for = time.monotonic() - self._last
            waiting = self._active - self._parked
            if not waiting and silent_for > (0.04 if self._parked & self._active else 0.003):
                self._active -= self._parked
                return
            time.sleep(0.001)
