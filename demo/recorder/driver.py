"""Carries out the planned month, one action after the other, against the real servers."""

import random
import smtplib
import ssl
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import format_datetime

from recorder.actions import Action, Attempt, ChangePassword, Guess, Inbound, Message, Read, Submit, server_of
from recorder.clock import Clock, utc_text
from recorder.geography import MX1_V4, MX1_V6, MX2_V4, network_of
from recorder.servers import EximLog, Servers
from recorder.smtp import Client, Mailbox, Session
from recorder.syslog import SyslogReceiver

_NETWORK_ERRORS = (OSError, smtplib.SMTPException, ssl.SSLError)


class Driver:
    def __init__(self, clock: Clock, servers: Servers, syslog: SyslogReceiver, exim: EximLog,
                 passwords: dict[str, str]):
        self._clock = clock
        self._servers = servers
        self._syslog = syslog
        self._exim = exim
        self._passwords = passwords
        self._pool = ThreadPoolExecutor(8)
        self._ids = random.Random(7)
        self._last_queue_run = 0.0
        self.stolen: dict[str, dict] = {}
        self.honest_messages = 0
        self.failures: list[str] = []

    def play(self, actions: list[Action]) -> None:
        began, day = time.monotonic(), None
        for number, action in enumerate(sorted(actions, key=lambda a: a.time)):
            self._move_to(action.time)
            try:
                self._perform(action)
            except _NETWORK_ERRORS as error:
                self.failures.append(f"{utc_text(self._clock.now())} {type(action).__name__}: {error!r}")
            if self._clock.local().date() != day:
                day = self._clock.local().date()
                elapsed = time.monotonic() - began
                print(f"{day}  action {number} of {len(actions)}, {elapsed:.0f} s", file=sys.stderr, flush=True)
        self._settle()

    def _settle(self) -> None:
        self._syslog.settle()
        self._exim.settle()
        self._syslog.settle()  # what Exim handed to Postfix

    def _move_to(self, moment: float) -> None:
        if moment - self._clock.now() < 1:
            return
        self._settle()
        self._clock.advance_to(moment)
        if self._exim.has_deferred and moment - self._last_queue_run > 1800:
            self._last_queue_run = moment
            self._servers.run_exim_queue()

    def _perform(self, action: Action) -> None:
        match action:
            case Submit():
                self._submit(action)
            case Read():
                self._read(action)
            case Guess():
                list(self._pool.map(self._try, action.attempts))
            case Inbound():
                self._deliver(action)
            case ChangePassword():
                self._passwords[action.account] = action.password
                self._servers.change_password(action.account, action.password)

    # -- submission --------------------------------------------------------------

    @staticmethod
    def _server(account: str, client: Client) -> str:
        if server_of(account) == "mx2":
            return MX2_V4
        return MX1_V6 if ":" in client.address else MX1_V4

    def _submit(self, action: Submit) -> None:
        session = self._open_submission(action.account, action.client)
        if not session.authenticate(action.login or action.account, self._passwords[action.account]):
            self.failures.append(f"{utc_text(self._clock.now())} {action.account} could not log in")
        for message in action.messages:
            now = self._clock.now()
            receipt = session.submit(action.sender or action.account, list(message.recipients),
                                     self._write(action.account, action.client, message))
            if not receipt.queue_id:
                self.failures.append(f"{utc_text(now)} {action.account} was refused")
            elif action.thief:
                self._note_theft(action, now, receipt.queue_id, receipt.accepted)
            else:
                self.honest_messages += 1
        session.leave()

    def _open_submission(self, account: str, client: Client) -> Session:
        session = Session(client, self._server(account, client), 465 if client.wrapped else 587)
        session.open()
        return session

    def _write(self, sender: str, client: Client, message: Message) -> bytes:
        shown = message.recipients[0] if len(message.recipients) == 1 else "undisclosed-recipients:;"
        head = (f"From: {sender}\r\nTo: {shown}\r\nSubject: {message.subject}\r\n"
                f"Date: {format_datetime(self._clock.local())}\r\n"
                f"Message-ID: <{self._ids.getrandbits(64):016x}@{client.helo.strip('[]')}>\r\n\r\n")
        line = "Dzien dobry, w zalaczeniu przesylam informacje, o ktorych rozmawialismy.\r\n"
        return (head + line * max(1, (message.size - len(head)) // len(line))).encode()

    def _note_theft(self, action: Submit, moment: float, queue_id: str, recipients: int) -> None:
        theft = self.stolen.setdefault(action.account, {
            "account": action.account, "family": action.thief,
            "server": {"mx1": "postfix", "mx2": "exim"}[server_of(action.account)],
            "first_time": utc_text(moment), "first_queue_id": queue_id,
            "messages": 0, "recipients": 0, "countries": []})
        theft["messages"] += 1
        theft["recipients"] += recipients
        theft["last_time"] = utc_text(moment)
        country = network_of(action.client.address).country
        theft["countries"] = sorted({*theft["countries"], country})

    # -- everything else ---------------------------------------------------------

    def _read(self, action: Read) -> None:
        host = MX1_V6 if ":" in action.client.address else MX1_V4
        mailbox = Mailbox(action.client, host, action.protocol)
        if mailbox.login(action.account, self._passwords[action.account]):
            mailbox.look()
        mailbox.leave(action.politely)

    def _try(self, attempt: Attempt) -> None:
        try:
            if attempt.protocol == "smtp":
                session = self._open_submission(attempt.login, attempt.client)
                session.authenticate(attempt.login, attempt.password)
                session.leave()
            else:
                host = MX1_V6 if ":" in attempt.client.address else MX1_V4
                mailbox = Mailbox(attempt.client, host, attempt.protocol)
                mailbox.login(attempt.login, attempt.password)
                mailbox.leave()
        except _NETWORK_ERRORS as error:
            self.failures.append(f"{utc_text(self._clock.now())} guess at {attempt.login}: {error!r}")

    def _deliver(self, action: Inbound) -> None:
        session = Session(action.client, MX1_V4, 25)
        session.ehlo()
        message = Message((action.recipient,), action.subject)
        session.submit(action.sender, [action.recipient], self._write(action.sender, action.client, message))
        session.leave()
