"""The people's mail programs: they submit over SMTP and read over IMAP and POP3.

Every connection leaves from the client's own public address.
"""

import smtplib
import socket
import ssl
from dataclasses import dataclass

_TLS = ssl.create_default_context()
_TLS.check_hostname = False
_TLS.verify_mode = ssl.CERT_NONE


@dataclass(frozen=True)
class Client:
    """One program on one machine, as a server sees it."""
    address: str
    helo: str
    mechanism: str = "PLAIN"
    wrapped: bool = False  # TLS from the first byte (port 465) instead of STARTTLS


@dataclass(frozen=True)
class Receipt:
    queue_id: str
    accepted: int


def connect_from(source: str, host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    connection.settimeout(20)
    # IP_FREEBIND and IPV6_FREEBIND: the address is routed to us, not configured.
    connection.setsockopt(*((41, 78, 1) if family == socket.AF_INET6 else (0, 15, 1)))
    connection.bind((source, 0))
    connection.connect((host, port))
    return connection


class Session(smtplib.SMTP):
    """One submission session; raises smtplib's errors."""

    def __init__(self, client: Client, host: str, port: int):
        self._client = client
        super().__init__(host, port, local_hostname=client.helo, timeout=20)

    def _get_socket(self, host, port, timeout):
        connection = connect_from(self._client.address, host, port)
        return _TLS.wrap_socket(connection) if self._client.wrapped else connection

    def open(self) -> None:
        self.ehlo()
        if not self._client.wrapped:
            self.starttls(context=_TLS)
            self.ehlo()

    def authenticate(self, account: str, password: str) -> bool:
        self.user, self.password = account, password
        method = self.auth_plain if self._client.mechanism == "PLAIN" else self.auth_login
        try:
            self.auth(self._client.mechanism, method, initial_response_ok=self._client.mechanism == "PLAIN")
            return True
        except smtplib.SMTPAuthenticationError:
            return False

    def submit(self, sender: str, recipients: list[str], message: bytes) -> Receipt:
        self.mail(sender, [f"SIZE={len(message)}"])
        accepted = sum(self.rcpt(recipient)[0] == 250 for recipient in recipients)
        code, reply = self.data(message) if accepted else (554, b"")
        # "2.0.0 Ok: queued as 4jX8..." (Postfix), "OK id=1xUv..." (Exim)
        queue_id = reply.decode().replace("=", " ").split()[-1] if code == 250 else ""
        return Receipt(queue_id, accepted)

    def leave(self) -> None:
        try:
            self.quit()
        except (smtplib.SMTPException, OSError):
            self.close()


class Mailbox:
    """A reading session, IMAP or POP3, over STARTTLS or TLS from the first byte."""

    def __init__(self, client: Client, host: str, protocol: str):
        plain, wrapped = {"imap": (143, 993), "pop3": (110, 995)}[protocol]
        self._protocol = protocol
        self._socket = connect_from(client.address, host, wrapped if client.wrapped else plain)
        if client.wrapped:
            self._socket = _TLS.wrap_socket(self._socket)
        self._file = self._socket.makefile("rb")
        self._file.readline()
        if not client.wrapped:
            self._command("STARTTLS" if protocol == "imap" else "STLS")
            self._socket = _TLS.wrap_socket(self._socket)
            self._file = self._socket.makefile("rb")

    def login(self, account: str, password: str) -> bool:
        if self._protocol == "imap":
            return self._command(f'LOGIN "{account}" "{password}"').startswith("OK")
        self._command("USER " + account)
        return self._command("PASS " + password).startswith("+OK")

    def look(self) -> None:
        for command in ('SELECT "INBOX"', "FETCH 1:* (FLAGS)") if self._protocol == "imap" else ("STAT",):
            self._command(command)

    def leave(self, politely: bool = True) -> None:
        try:
            if politely:
                self._command("LOGOUT" if self._protocol == "imap" else "QUIT")
        except OSError:
            pass
        self._file.close()
        self._socket.close()

    def _command(self, text: str) -> str:
        tagged = self._protocol == "imap"
        self._socket.sendall((("a " if tagged else "") + text + "\r\n").encode())
        while line := self._file.readline().decode("utf-8", "replace"):
            if not tagged:
                return line
            if line.startswith("a "):
                return line[2:]
        return ""
