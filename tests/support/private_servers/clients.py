"""Mail programs, honest and not: they submit over SMTP and read over IMAP, from any public address."""

import base64
import imaplib
import itertools
import poplib
import smtplib
import socket
from dataclasses import dataclass, field
from email.message import EmailMessage

_number = itertools.count(1)


@dataclass(frozen=True)
class Place:
    """A program on a machine, as a server sees it."""
    address: str
    helo: str = "[192.168.1.23]"
    agent: str = ""


@dataclass
class Outcome:
    """What became of the messages of one client, by Message-ID."""
    accepted: list[str] = field(default_factory=list)  # the server said 250
    refused: list[str] = field(default_factory=list)
    replies: list[tuple[int, str]] = field(default_factory=list)  # of what was refused

    def __iadd__(self, other):
        self.accepted += other.accepted
        self.refused += other.refused
        self.replies += other.replies
        return self


def message(sender, recipients, subject="Offer", text="Good day.", agent=""):
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, ", ".join(recipients[:5]), subject
    made["Message-ID"] = f"<{next(_number)}.{id(made):x}@client.example>"
    if agent:
        made["User-Agent"] = agent
    made.set_content(text + "\n")
    return made


def proxy_line(address, port):
    family, server = ("TCP6", "::1") if ":" in address else ("TCP4", "127.0.0.1")
    return f"PROXY {family} {address} {server} {40000 + next(_number) % 20000} {port}\r\n".encode()


class Session(smtplib.SMTP):
    """A submission session from `place`, by XCLIENT (Postfix) or the PROXY protocol (Exim)."""

    def __init__(self, port, place, account, password, by_proxy=False):
        self._place, self._by_proxy = place, by_proxy
        self.account = account
        super().__init__("127.0.0.1", port, local_hostname=place.helo, timeout=30)
        self.ehlo()
        if not by_proxy:
            address = f"IPV6:{place.address}" if ":" in place.address else place.address
            self.docmd("XCLIENT", f"ADDR={address} NAME=[UNAVAILABLE] PORT={40000 + next(_number) % 20000}")
            self.ehlo()
        self.login(account, password)

    def _get_socket(self, host, port, timeout):
        connection = socket.create_connection((host, port), timeout)
        if self._by_proxy:
            connection.sendall(proxy_line(self._place.address, port))
        return connection

    def submit(self, recipients, subject="Offer", text="Good day.", sender=None, header_from=None):
        """Sends one message; recipients that are refused are left out."""
        outcome, sender = Outcome(), self.account if sender is None else sender
        letter = message(sender if header_from is None else header_from, recipients, subject, text, self._place.agent)
        self.mail(sender)
        answers = [self.rcpt(recipient) for recipient in recipients]
        refusals = [(code, reply.decode()) for code, reply in answers if code >= 300]
        code, reply = (0, b"") if len(refusals) == len(recipients) else self._hand_in(letter)
        if code == 250:
            outcome.accepted.append(letter["Message-ID"])
        else:
            outcome.refused.append(letter["Message-ID"])
            if code:
                refusals.append((code, reply.decode()))
            self.rset()
        outcome.replies += refusals
        return outcome

    def _hand_in(self, letter):
        try:
            return self.data(letter.as_bytes())
        except smtplib.SMTPDataError as refused:  # at DATA already
            return refused.smtp_code, refused.smtp_error

    def close_quietly(self):
        try:
            self.quit()
        except (smtplib.SMTPException, OSError):
            self.close()


def send_all(port, place, account, password, messages, by_proxy=False):
    """One session with `messages`, each a list of recipients. Goes on as far as the server lets it."""
    outcome = Outcome()
    try:
        session = Session(port, place, account, password, by_proxy)
    except smtplib.SMTPAuthenticationError as failure:
        outcome.replies.append((failure.smtp_code, failure.smtp_error.decode()))
        return outcome
    for recipients in messages:
        outcome += session.submit(recipients)
    session.close_quietly()
    return outcome


class FromPlace:
    """A client of the library that comes from `place`, by the PROXY protocol."""

    def __init__(self, port, place):
        self._place = place
        super().__init__("127.0.0.1", port, timeout=30)

    def _create_socket(self, timeout):
        connection = super()._create_socket(timeout)
        connection.sendall(proxy_line(self._place.address, self.port))
        return connection


class Mailbox(FromPlace, imaplib.IMAP4):
    """IMAP."""


class Pop3Mailbox(FromPlace, poplib.POP3):
    """The same over POP3."""

    def is_alive(self):
        try:
            return self.noop().startswith(b"+OK")
        except (poplib.error_proto, OSError):
            return False


def try_login(port, place, account, password):
    """An IMAP login; returns (whether it went well, the server's words)."""
    mailbox = Mailbox(port, place)
    try:
        mailbox.login(account, password)
        return True, ""
    except imaplib.IMAP4.error as failure:
        return False, str(failure)
    finally:
        try:
            mailbox.logout()
        except (imaplib.IMAP4.error, OSError):
            mailbox.shutdown()


def encoded(text):
    return base64.b64encode(text.encode()).decode()
