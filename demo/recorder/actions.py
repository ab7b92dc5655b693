"""What can happen in the month: plain values, made by the planners, carried out by the driver.

`time` is seconds since the epoch. `thief` names the family of a take-over and is
empty for everything honest.
"""

from dataclasses import dataclass, field

from recorder.smtp import Client


@dataclass(frozen=True)
class Message:
    recipients: tuple[str, ...]
    subject: str
    size: int = 2400


@dataclass(frozen=True)
class Submit:
    """One authenticated session that sends one or more messages."""
    time: float
    account: str
    client: Client
    messages: tuple[Message, ...]
    login: str = ""   # as typed, when that is not the account's own spelling
    sender: str = ""  # the account unless given
    thief: str = ""


@dataclass(frozen=True)
class Read:
    """One visit to the mailbox."""
    time: float
    account: str
    client: Client
    protocol: str = "imap"
    politely: bool = True


@dataclass(frozen=True)
class Attempt:
    login: str
    password: str
    client: Client
    protocol: str = "smtp"


@dataclass(frozen=True)
class Guess:
    """Wrong passwords, several at the same time."""
    time: float
    attempts: tuple[Attempt, ...] = field(default=())


@dataclass(frozen=True)
class Inbound:
    """Mail from the world to a tenant's mailbox (or, refused, to anywhere else)."""
    time: float
    sender: str
    recipient: str
    client: Client
    subject: str


@dataclass(frozen=True)
class ChangePassword:
    time: float
    account: str
    password: str


Action = Submit | Read | Guess | Inbound | ChangePassword


def server_of(account: str) -> str:
    """The trading company submits to mx2, which runs Exim; everybody else to Postfix."""
    return "mx2" if account.lower().endswith("@warsztat.test") else "mx1"
