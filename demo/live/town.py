"""The servers of the demonstration, and who uses them."""

import shutil

from private_servers import geography, habits, machine
from private_servers.clients import Session, try_login
from private_servers.dovecot import Dovecot
from private_servers.postfix import Postfix
from private_servers.postreeve import Postreeve
from private_servers.sink import Sink

PASSWORD = "spring-2026"
OWNER = "marta@office.example"
PEOPLE = [OWNER, "jan@office.example", "ewa@office.example", "piotr@office.example"]


class Town:
    def __init__(self):
        self.folder = machine.folder()
        self._started = []
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self):
        self.sink = self._begin(Sink())
        world = geography.write(self.folder / "world.mmdb")
        self.postreeve = self._begin(Postreeve(self.folder / "postreeve", "enforce", [world],
                                               [self.folder / "postfix/log/maillog"]))
        asks = self.postreeve.ports
        self.dovecot = self._begin(Dovecot(self.folder / "dovecot", PASSWORD, (
            f"auth_policy_server_url = http://127.0.0.1:{asks['auth_policy']}/\n"
            "auth_policy_hash_nonce = of-the-demonstration\n")))
        policy = (f"check_policy_service {{ inet:127.0.0.1:{asks['postfix_policy']}, timeout=3s, try_limit=2, "
                  "default_action=DUNNO }")
        self.postfix = self._begin(Postfix(self.folder / "postfix", self.dovecot.auth, self.sink.port, {"submission": {
            "smtpd_recipient_restrictions": f"{policy}, permit_sasl_authenticated, reject",
            "smtpd_end_of_data_restrictions": policy,
            "smtpd_milters": f"{{ inet:127.0.0.1:{asks['milter']}, default_action=accept, connect_timeout=2s }}"}}))

    def _begin(self, server):
        self._started.append(server)
        return server

    def stop(self):
        for server in reversed(self._started):
            server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def remember_three_weeks(self):
        for account in PEOPLE:
            self.postreeve.tell(habits.honest_weeks(account))

    def log_in(self, place, account, password=PASSWORD):
        return try_login(self.dovecot.imap_port, place, account, password)[0]

    def session(self, place, account):
        return Session(self.postfix.ports["submission"], place, account, PASSWORD)
