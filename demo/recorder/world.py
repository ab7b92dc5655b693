"""The rest of the world's mail: domains, their exchangers, their mailboxes and refusals.

`World` is the plan (who exists, who refuses and how), `serve` the servers that
answer by it: real SMTP on the exchangers' own addresses.
"""

import multiprocessing
import random
import socketserver
import threading
import time
from collections import Counter

# Domain -> its mail exchanger. Two big freemail houses, one hoster of many
# companies, and companies that run their own.
FREEMAIL = ("freemail.example", "poczta.example", "inbox-free.test", "webmail-one.test", "mailbox24.example")
_HOSTED = [f"{name}.example" for name in (
    "alfa-bud", "beton-plus", "ceramika-wit", "dentysta-nowak", "elektro-hurt", "foto-lisek", "gabinet-ola",
    "hotel-pod-lipa", "instal-serwis", "jadlo-catering", "kancelaria-mak", "lakiernia-rex", "meble-dab",
    "notariusz-zak", "ogrody-zen", "piekarnia-rogal", "rachunki24", "stolarz-jan", "transport-wilk",
    "ubezpieczenia-as")]
_OWN = ["urzad-miasta.example", "zus-platnik.example", "bank-lokalny.example", "uczelnia.example",
        "hurtownia-xl.test", "druk-offset.test", "kuratorium.example", "parcel-fast.test", "paper-mill.test",
        "machine-parts.test", "fabric-house.test", "export-hamburg.test", "import-praha.test", "wine-tuscany.test"]
SPAM_TARGETS = [f"{name}.test" for name in (
    "bigmail", "cable-home", "telefon-net", "mailhub", "users-online", "postbox", "family-net", "provider-one",
    "quickmail", "metro-isp", "rural-link", "students")]

_FIRST = ("adam anna barbara bartosz celina dawid dorota edyta filip grazyna hanna igor jacek jan joanna kamil "
          "karolina lena lukasz magda marek marta michal monika natalia olga oskar patryk pawel piotr rafal renata "
          "sylwia tomasz urszula wanda wojciech zofia").split()
_LAST = ("adamski baran borowski cieslak czarnecki dabrowski duda fijalkowski gajda gorski jablonski jaworski "
         "kaczmarek kalinowski kowal krol kubiak lis madej malinowski marczak michalak mroz nowicki olszewski pawlak "
         "piatek pietrzak rutkowski sadowski sikora sobczak stepien szulc tomczak urban walczak wilk wrona zajac "
         "zalewski zielinski").split()

_REPLIES = {
    "unknown": ("550 5.1.1 <{0}>: Recipient address rejected: User unknown in virtual mailbox table",
                "550 5.1.1 The email account that you tried to reach does not exist. Please check for typos",
                "550 5.4.1 Recipient address rejected: Access denied",
                "550 No such user here"),
    "full": ("452 4.2.2 The email account that you tried to reach is over quota",
             "552 5.2.2 Mailbox full"),
    "blocked": ("554 5.7.1 Service unavailable; Client host blocked using dnsbl.example",
                "550 5.7.1 Your message looks like spam and was refused, see https://help.bigmail.test/spam"),
    "grey": ("451 4.7.1 Greylisting in action, please come back later",),
    "rate": ("421 4.7.28 Our system has detected an unusual rate of unsolicited mail from your IP address",),
}


def person_name(rng: random.Random) -> str:
    return f"{rng.choice(_FIRST)}.{rng.choice(_LAST)}"


class World:
    """Who exists out there; filled while the month is planned, fixed when it is served."""

    def __init__(self):
        self.exchangers: dict[str, str] = {}
        self.addresses: dict[str, str] = {"mx.elsewhere.example": "203.0.113.250"}
        self.refusals: dict[str, str] = {}
        for number, domain in enumerate(FREEMAIL):
            self._add(domain, f"mx{number % 2 + 1}.{domain}", f"198.51.100.{200 + number}")
        for domain in _HOSTED:
            self._add(domain, "mx.mailbox-exchange.example", "198.51.100.210")
        for number, domain in enumerate(_OWN):
            self._add(domain, f"mail.{domain}", f"198.51.100.{220 + number}")
        for number, domain in enumerate(SPAM_TARGETS):
            self._add(domain, f"mx.{domain}", f"203.0.113.{230 + number}")

    def _add(self, domain: str, exchanger: str, address: str) -> None:
        self.exchangers[domain] = exchanger
        self.addresses[exchanger] = address

    def stranger(self, rng: random.Random, domains=None) -> str:
        """An address nobody has written to, most likely."""
        domain = rng.choice(domains) if domains else self._any_domain(rng)
        return f"{person_name(rng)}{rng.choice(['', '', str(rng.randrange(1, 99))])}@{domain}"

    def bystander(self, rng: random.Random, domains=None) -> str:
        """An address that is nobody's contact, so that its refusal is nobody's habit."""
        domain = rng.choice(domains) if domains else self._any_domain(rng)
        return f"{person_name(rng)}{rng.randrange(100, 9999)}@{domain}"

    def _any_domain(self, rng: random.Random) -> str:
        return rng.choice(FREEMAIL if rng.random() < 0.45 else _HOSTED if rng.random() < 0.7 else _OWN)

    def refuse(self, address: str, how: str) -> str:
        self.refusals[address] = how
        return address

    def host_lines(self) -> list[str]:
        return [f"{address} {name}" for name, address in self.addresses.items()]

    def serve(self) -> multiprocessing.Process:
        process = multiprocessing.Process(target=_serve, args=(self,), daemon=True)
        process.start()
        return process


def _serve(world: World) -> None:
    attempts: Counter[str] = Counter()

    class Exchanger(socketserver.StreamRequestHandler):
        disable_nagle_algorithm = True

        def say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

        def answer(self, recipient: str) -> str:
            """The reply to one recipient; greylisted and slowed ones may come back."""
            how = world.refusals.get(recipient)
            attempts[recipient] += 1
            if how is None or (how in ("grey", "rate") and attempts[recipient] > 1):
                return "250 2.1.5 Ok"
            if how == "full":
                return _REPLIES["full"][attempts[recipient] > 3]
            texts = _REPLIES[how]
            return texts[sum(recipient.encode()) % len(texts)].format(recipient)

        def handle(self) -> None:
            self.say("220 ready ESMTP")
            for raw in self.rfile:
                command = raw.decode("utf-8", "replace").strip()
                verb = command[:4].upper()
                if verb in ("EHLO", "HELO"):
                    self.say("250-ready\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250-SIZE 50000000\r\n"
                             "250 8BITMIME")
                elif verb == "RCPT":
                    self.say(self.answer(command.partition("<")[2].partition(">")[0]))
                elif verb == "DATA":
                    self.say("354 go ahead")
                    while self.rfile.readline() not in (b".\r\n", b""):
                        pass
                    self.say(f"250 2.0.0 Ok: queued as {time.time_ns() & 0xFFFFFFFFFF:X}")
                elif verb == "QUIT":
                    self.say("221 2.0.0 Bye")
                    return
                else:
                    self.say("250 2.0.0 Ok")

    class Listener(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
        request_queue_size = 200

    listeners = [Listener((address, 25), Exchanger) for address in sorted(set(world.addresses.values()))]
    for listener in listeners[1:]:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
    listeners[0].serve_forever()
