"""All servers together, and people whose accounts have habits."""

import functools
import json
import re
import shutil
import time

from private_servers import geography, habits, machine
from private_servers.clients import Session, send_all
from private_servers.dovecot import Dovecot
from private_servers.exim import Exim
from private_servers.postfix import Postfix
from private_servers.postreeve import Postreeve
from private_servers.sink import Sink

PASSWORD = "correct-horse"
SUBMITTING = "permit_sasl_authenticated, reject"


def policy_service(port):
    """As docs/gates/postfix.md recommends it: fail open."""
    return f"check_policy_service {{ inet:127.0.0.1:{port}, timeout=3s, try_limit=2, default_action=DUNNO }}"


def by_policy(port):
    service = policy_service(port)
    return {"smtpd_recipient_restrictions": f"{service}, {SUBMITTING}", "smtpd_end_of_data_restrictions": service}


def by_milter(port):
    return {"smtpd_recipient_restrictions": SUBMITTING,
            "smtpd_milters": f"{{ inet:127.0.0.1:{port}, default_action=accept, connect_timeout=2s, "
                             "command_timeout=5s }"}


def by_table(table):
    return {"smtpd_client_restrictions": f"check_sasl_access {table}", "smtpd_recipient_restrictions": SUBMITTING}


class World:
    def __init__(self):
        self.folder = machine.folder()
        self._servers = machine.Company()
        self._servers.callback(shutil.rmtree, self.folder, ignore_errors=True)
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self):
        self.sink = self._servers.begin(Sink())
        maillog = self.folder / "postfix/log/maillog"
        self.geography = geography.write(self.folder / "world.mmdb")
        self.postreeve = self._servers.begin(Postreeve(self.folder / "postreeve", "enforce", [self.geography], [maillog]))
        self.observer = self._servers.begin(Postreeve(self.folder / "observer", "observe", [self.geography]))
        self.postreeve.tell(habits.crowd(90_000))
        self.passwords = self._servers.begin(Dovecot(self.folder / "dovecot", PASSWORD))
        self.mailboxes = self._servers.begin(Dovecot(self.folder / "guarded", PASSWORD, self._auth_policy()))
        asks = self.postreeve.ports
        self.postfix = self._servers.begin(Postfix(self.folder / "postfix", self.passwords.auth, self.sink.port, {
            "policy": by_policy(asks["postfix_policy"]),
            "milter": by_milter(asks["milter"]),
            "both": by_milter(asks["milter"]) | by_policy(asks["postfix_policy"]),
            "socketmap": by_table(f"socketmap:inet:127.0.0.1:{asks['socketmap']}:postreeve"),
            "tcp_table": by_table(f"tcp:127.0.0.1:{asks['tcp_table']}"),
            "unasked": {"smtpd_recipient_restrictions": SUBMITTING},
            "observed": by_milter(self.observer.ports["milter"]) | by_policy(self.observer.ports["postfix_policy"]),
        }))

    def _auth_policy(self):
        # By URL alone (and Dovecot's nonce, without which it refuses to hash usefully).
        return f"auth_policy_server_url = http://127.0.0.1:{self.postreeve.ports['auth_policy']}/\n" \
               "auth_policy_hash_nonce = of-these-tests\n"

    def add(self, server):
        """Ends with the world."""
        return self._servers.begin(server)

    def stop(self):
        self._servers.close()

    @functools.cached_property
    def exim(self):
        """Beside Postfix, started for the first who asks."""
        return self.add(Exim(self.folder / "exim", self.passwords.auth, self.sink.port,
                             self.postreeve.ports["postfix_policy"]))

    def somebody(self, name, has_habits=True, at=None, domain="office.example"):
        """An account that can log in; with three honest weeks behind it."""
        account = f"{name}@{domain}"
        if has_habits:
            (at or self.postreeve).tell(habits.honest_weeks(account))
        return account

    def _port(self, service):
        return self.exim.port if service == "exim" else self.postfix.ports[service]

    def send(self, service, place, account, messages):
        """One session that submits `messages`, each a list of recipients. `service`: one of Postfix's, or "exim"."""
        return send_all(self._port(service), place, account, PASSWORD, messages, by_proxy=service == "exim")

    def session(self, service, place, account):
        return Session(self._port(service), place, account, PASSWORD, by_proxy=service == "exim")

    def _waiting_ids(self, sender):
        waiting = self.postfix.waiting_ids(sender)
        if "exim" in self.__dict__:
            waiting += self.exim.frozen_ids(sender).values()
        return waiting

    def settle(self):
        self.postfix.settle()
        if "exim" in self.__dict__:
            self.exim.settle()

    def assert_none_is_lost(self, sender, outcome):
        """Every message that was accepted is at the sink or in a queue, once; none that was refused is. Returns the
        Message-IDs of what got out."""
        self.settle()
        mine = {*outcome.accepted, *outcome.refused}
        out = [m.message_id for m in self.sink.messages if m.message_id in mine]
        waiting = [message_id for message_id in self._waiting_ids(sender) if message_id in mine]
        assert sorted(out + waiting) == sorted(outcome.accepted)
        return out

    def on_the_disk(self):
        """Waits until Postreeve has written what it learned and counted, and how far it read the log."""
        machine.wait_for(self._is_followed, 15, "Postreeve has not written how far it read the log")
        self.postreeve.backup(self.folder / "backup.db")
        (self.folder / "backup.db").unlink()

    def _is_followed(self):
        """Whether what tells Postreeve after a kill how far it handed on the log (src/intake/follow_checkpoint.h) has the
        latest delivery of somebody's mail."""
        log = self.postfix.maillog.read_bytes()
        theirs = set(re.findall(rb"smtpd\[\d+\]: (\w+): client=.*sasl_username=", log))
        deliveries = re.finditer(rb"^.*\]: (\w+): to=<.*, status=", log, re.M)
        latest = max((line.start() for line in deliveries if line[1] in theirs), default=0)
        (file,) = json.loads((self.postreeve.folder / "state.db.followed").read_text())["files"]
        return file["handed_on"][1] >= latest

    def wait_for_decision(self, account, seconds=10, **wanted):
        """The first decision about the account that has the wanted words."""
        def found():
            return [d for d in self.postreeve.decisions(account) if wanted.items() <= d.items()]
        begin = time.monotonic()
        decisions = machine.wait_for(found, seconds, lambda: f"no {wanted} in {self.postreeve.decisions(account)}")
        return decisions[0] | {"seconds": time.monotonic() - begin}


class Beside:
    """A Postfix and a Postreeve of their own, with the sink and the passwords of the world. `services`: what Postreeve's
    policy port makes of the services' options. Accounts are at NAME.example."""

    def __init__(self, world, name, services, **how):
        self.name, self.sink = name, world.sink
        self.folder = world.folder / name
        self.postreeve = world.add(Postreeve(self.folder, "enforce", [world.geography], **how))
        self.postfix = world.add(Postfix(self.folder / "postfix", world.passwords.auth, self.sink.port,
                                         services(self.postreeve.ports["postfix_policy"])))

    def somebody(self, name, has_habits=True):
        account = f"{name}@{self.name}.example"
        if has_habits:
            self.postreeve.tell(habits.honest_weeks(account))
        return account

    def session(self, service, place, account):
        return Session(self.postfix.ports[service], place, account, PASSWORD)

    def send(self, service, place, account, messages):
        outcome = send_all(self.postfix.ports[service], place, account, PASSWORD, messages)
        self.postfix.settle()
        return outcome

    def assert_none_is_lost(self, account, outcome):
        """Every message that was accepted is at the sink or on hold. Returns the Message-IDs of what got out."""
        out, held = self.sink.message_ids(account), self.postfix.held(account)
        assert sorted([*out, *held.values()]) == sorted(outcome.accepted)
        return out
