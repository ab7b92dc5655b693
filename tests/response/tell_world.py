"""What tells somebody, beside a real mail server and a receiver of webhooks."""

import email
import email.policy
import shutil

from driver import drive
from private_servers import machine
from private_servers.authority import Authority
from private_servers.machine import wait_for
from private_servers.postfix import Postfix
from private_servers.receiver import Receiver

ANNA, RECOVERY, CONTACT = "anna@shop.example", "anna@private.example", "boss@shop.example"
NOC, DESK = "noc@hoster.example", "desk@hoster.example"
ABUSE = "abuse@hoster.example"
BOXES = (ANNA, RECOVERY, CONTACT, NOC, DESK)
INCIDENT = "00000000c0ffee00"
SUNDAY_AT_THREE = 1_772_334_000_000

# Delivered into maildirs by Postfix's own virtual(8).
MAILBOXES = """
virtual_mailbox_domains = shop.example private.example hoster.example
virtual_mailbox_base = {folder}/boxes
virtual_mailbox_maps = inline:{{ {maps} }}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
"""

SERVICE = {"smtpd_sasl_auth_enable": "no", "mynetworks": "127.0.0.0/8",
           "smtpd_relay_restrictions": "permit_mynetworks, reject",
           "smtpd_recipient_restrictions": "check_recipient_access inline:{ { later@shop.example = 451 4.3.0 later, "
                                           "please } }, permit_mynetworks, reject"}


def entry(**changed):
    return {"account": ANNA, "before": "watched", "after": "held", "incident": 0xC0FFEE00, "time": SUNDAY_AT_THREE,
            "tenant": "", "client": "198.51.100.7", "risk": 6, "messages": 3, "recipients": 41, "author": "postreeve",
            "reason": "", "evidence": ["first login ever from Vietnam"], **changed}


class Action:
    """One configured action and its ledger, driven as the daemon's worker would."""

    def __init__(self, type_, settings):
        self.type, self.settings = type_, settings
        self.folder = machine.folder()

    def run(self, **asked):
        return drive(self.type, self.settings, self.folder, **{"steps": [], **asked})

    def once(self, **changed):
        """The action alone, without a row of the outbox."""
        return self.run(entry=entry(**changed), steps=["carry_out"])

    def through_the_ledger(self, at=SUNDAY_AT_THREE, recorded=None, **more):
        if recorded is not None:
            more["entry"] = recorded
        return self.run(take_at=at, **more)

    def remove(self):
        shutil.rmtree(self.folder)


class MailWorld:
    def __init__(self):
        self.folder = machine.folder()
        maps = ", ".join(f"{{ {box} = {box}/ }}" for box in BOXES + ("later@shop.example",))
        (self.folder / "boxes").mkdir()
        shutil.chown(self.folder / "boxes", "nobody", "nogroup")
        self.postfix = Postfix(self.folder / "postfix", "none", 1,
                               {"mta": SERVICE},
                               MAILBOXES.format(folder=self.folder, maps=maps))
        self.smtp = f"127.0.0.1:{self.postfix.ports['mta']}"

    def raw(self, box):
        """Messages of the mailbox as they lie there, without the trace that the server put before them."""
        self.postfix.settle()
        new = self.folder / "boxes" / box / "new"
        return [file.read_bytes() for file in sorted(new.glob("*"))] if new.is_dir() else []

    def mails(self, box):
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.raw(box)]

    def clear(self):
        self.postfix.settle()
        for box in (self.folder / "boxes").iterdir():
            shutil.rmtree(box)

    def stop(self):
        self.postfix.stop()
        shutil.rmtree(self.folder)


__all__ = ["Authority", "Receiver", "wait_for"]
