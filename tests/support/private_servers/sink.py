"""Where all mail ends: a destination that takes it, and refuses some recipients by their names."""

import email
import re
import socketserver
import threading
from dataclasses import dataclass, field

REFUSALS = {
    "nouser": "550 5.1.1 <{}>: Recipient address rejected: User unknown in virtual mailbox table",
    "full": "452 4.2.2 The email account that you tried to reach is over quota",
    "blocked": "554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using zen.example-rbl.test",
    "grey": "451 4.7.1 Greylisting in action, please come back later",
}


@dataclass(frozen=True)
class Delivered:
    sender: str
    recipients: list[str]
    text: str
    message_id: str = field(default="")
    subject: str = field(default="")


class Sink:
    def __init__(self):
        self.messages: list[Delivered] = []
        self.refusals = dict(REFUSALS)  # how the names of recipients begin, and what is answered
        self.lock = threading.Lock()
        sink = self

        class Handler(_Conversation):
            refusals = self.refusals

            def take(self, sender, recipients, text):
                parsed = email.message_from_string(text)
                with sink.lock:
                    sink.messages.append(Delivered(sender, recipients, text, parsed["Message-ID"] or "",
                                                   parsed["Subject"] or ""))

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def message_ids(self, account=None):
        """Of the account's messages, bounces left out."""
        with self.lock:
            return [m.message_id for m in self.messages if m.sender and account in (None, m.sender)]

    def recipients(self, account):
        with self.lock:
            return [r for m in self.messages if m.sender == account for r in m.recipients]

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 100


class _Conversation(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        try:
            self.converse()
        except ConnectionError:
            pass  # a server that is stopped does not say goodbye

    def converse(self):
        self.sender, self.recipients = "", []
        self.say("220 sink.example ESMTP")
        for line in self.rfile:
            command = line.decode("utf-8", "replace").strip()
            verb = command.upper()
            if verb == "QUIT":
                self.say("221 2.0.0 Bye")
                return
            self.answer(verb, command)

    def answer(self, verb, command):
        if verb.startswith("EHLO"):
            self.say("250-sink.example\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME")
        elif verb.startswith("MAIL"):
            self.sender, self.recipients = _address(command), []
            self.say("250 2.1.0 Ok")
        elif verb.startswith("RCPT"):
            self.recipient(_address(command))
        elif verb == "DATA" and self.recipients:
            self.say("354 Go on")
            self.take(self.sender, self.recipients, self.text())
            self.say("250 2.0.0 Ok")
        elif verb == "DATA":
            self.say("554 5.5.1 No valid recipients")
        else:
            self.say("250 2.0.0 Ok")

    def recipient(self, address):
        refusal = next((reply for name, reply in self.refusals.items() if address.startswith(name)), None)
        if refusal:
            self.say(refusal.format(address))
            return
        self.recipients.append(address)
        self.say("250 2.1.5 Ok")

    def text(self):
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        return b"".join(lines).decode("utf-8", "replace")


def _address(command):
    return re.search(r"<([^>]*)>", command)[1]
