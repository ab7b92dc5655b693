"""A site with everything that an incident touches: a mail server with mailboxes, flags in databases and a directory,
somebody who takes webhooks, and Postreeve in enforce mode between them."""

import imaplib
import json
import pathlib
import shutil
import sqlite3

from . import geography, habits, machine
from .authority import Authority
from .clients import Mailbox, Session, try_login
from .dovecot import Dovecot
from .mariadb import Mariadb
from .postfix import Postfix
from .postgresql import Postgresql
from .postreeve import Postreeve, binary
from .receiver import Receiver
from .sink import Sink
from .slapd import ADMIN, Slapd

PASSWORD = "spring-2026"
TICKETS = "tickets@hoster.example"
ABUSE = "abuse@hoster.example"

MAILBOXES = """
virtual_mailbox_domains = office.example hoster.example
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ {boxes} }}
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
"""
# What our own programs hand in.
OWN_MAIL = {"smtpd_sasl_auth_enable": "no", "mynetworks": "127.0.0.0/8",
            "smtpd_relay_restrictions": "permit_mynetworks, reject"}
TABLE = "CREATE TABLE users (login varchar(320) PRIMARY KEY, abused integer NOT NULL)"
STATEMENTS = {"read": "SELECT abused FROM users WHERE login = :account",
              "set": "UPDATE users SET abused = 1 WHERE login = :account",
              "undo": "UPDATE users SET abused = :before WHERE login = :account AND abused = 1"}


def section(name, **keys):
    return f"[{name}]\n" + "".join(f"{key.rstrip('_')} = {json.dumps(value)}\n" for key, value in keys.items())


class SqliteFlag:
    """A table of users in a file."""

    def __init__(self, folder, accounts):
        folder.mkdir()
        self.file = folder / "users.db"
        with sqlite3.connect(self.file) as database:
            database.execute(TABLE)
            database.executemany("INSERT INTO users VALUES (?, 0)", [(account,) for account in accounts])

    def action(self):
        return {"type": "sql_flag", "database": "sqlite", "connection": f"db={self.file}", **STATEMENTS}

    def is_set(self, account):
        with sqlite3.connect(self.file) as database:
            return database.execute("SELECT abused FROM users WHERE login = ?", [account]).fetchone() == (1,)

    def dump(self):
        with sqlite3.connect(self.file) as database:
            return list(database.iterdump())

    def stop(self):
        pass


class FlagOnServer:
    def __init__(self, server):
        self.server = server

    def dump(self):
        return self.server.dump()

    def start(self):
        self.server.start()

    def stop(self):
        self.server.stop()


class SqlFlag(FlagOnServer):
    """The same on a database server."""

    def __init__(self, server, accounts):
        super().__init__(server)
        rows = ", ".join(f"('{account}', 0)" for account in accounts)
        server.ask(f"{TABLE}; INSERT INTO users VALUES {rows};")

    def action(self):
        return {"type": "sql_flag", "database": self.server.kind, "connection": self.server.connection,
                "password_file": str(self.server.password_file), **STATEMENTS}

    def is_set(self, account):
        return self.server.ask(f"SELECT abused FROM users WHERE login = '{account}'").strip() == "1"


class LdapFlag(FlagOnServer):
    """An entry for each account in a directory."""

    def __init__(self, server, accounts):
        super().__init__(server)
        for account in accounts:
            server.change(f"dn: {self._dn(account)}\nchangetype: add\nobjectClass: inetOrgPerson\n"
                          f"objectClass: mailUser\ncn: {account}\nsn: {account}\nuid: {account}\nabused: FALSE\n")

    @staticmethod
    def _dn(account):
        return f"uid={account},dc=example"

    def action(self):
        return {"type": "ldap_flag", "uri": self.server.uri, "bind_dn": ADMIN,
                "password_file": str(self.server.password_file), "base": "dc=example", "filter": "(uid={account})",
                "attribute": "abused", "value": "TRUE"}

    def is_set(self, account):
        return self.server.values(self._dn(account), "abused") == ["TRUE"]


class Site:
    """`flags`: any of sqlite, postgresql, mariadb, ldap. `plan`: the section [response]; the actions are called as
    in action_sections()."""

    def __init__(self, accounts, flags, plan):
        self.folder = machine.folder()
        self._servers = machine.Company()
        self._servers.callback(shutil.rmtree, self.folder, ignore_errors=True)
        try:
            self._start(accounts, flags, plan)
        except BaseException:
            self.stop()
            raise

    def _start(self, accounts, flags, plan):
        self.sink = self._servers.begin(Sink())
        self.tickets = self._servers.begin(Receiver())
        self.authority = self._authority()
        self.flags = {name: self._servers.begin(self._flag(name, accounts)) for name in flags}
        self._ports = {"auth_policy": machine.free_port(), "mta": machine.free_port()}
        self.dovecot = self._servers.begin(Dovecot(
            self.folder / "dovecot", PASSWORD,
            f"auth_policy_server_url = http://127.0.0.1:{self._ports['auth_policy']}/\n"
            "auth_policy_hash_nonce = of-the-site\n", [*accounts, TICKETS, ABUSE], serves_doveadm=True))
        self.postreeve = self._servers.begin(Postreeve(
            self.folder / "postreeve", "enforce", [geography.write(self.folder / "world.mmdb")],
            [self.folder / "postfix/log/maillog"], plan + self.action_sections(), ports=self._ports))
        self.postfix = self._servers.begin(self._mail_server([*accounts, TICKETS, ABUSE]))

    def _authority(self):
        (self.folder / "authority").mkdir()
        return Authority(self.folder / "authority", ABUSE)

    def _flag(self, name, accounts):
        if name == "sqlite":
            return SqliteFlag(self.folder / "users", accounts)
        if name == "ldap":
            return LdapFlag(Slapd(self.folder), accounts)
        return SqlFlag({"postgresql": Postgresql, "mariadb": Mariadb}[name](self.folder), accounts)

    def _mail_server(self, boxes):
        asks = self.postreeve.ports
        policy = (f"check_policy_service {{ inet:127.0.0.1:{asks['postfix_policy']}, timeout=3s, try_limit=2, "
                  "default_action=DUNNO }")
        mail = self.folder / "dovecot/mail"
        return Postfix(self.folder / "postfix", self.dovecot.auth, self.sink.port, {
            "submission": {"smtpd_recipient_restrictions": f"{policy}, permit_sasl_authenticated, reject",
                           "smtpd_end_of_data_restrictions": policy,
                           "smtpd_milters": f"{{ inet:127.0.0.1:{asks['milter']}, default_action=accept, "
                                            "connect_timeout=2s }"},
            "mta": OWN_MAIL},
            MAILBOXES.format(folder=mail.parent, boxes=", ".join(f"{{ {box} = {box}/ }}" for box in boxes),
                             uid=mail.stat().st_uid, gid=mail.stat().st_gid),
            {"mta": self._ports["mta"]})

    def action_sections(self):
        """All actions: `flag_NAME` of each flag, queue, delete, sessions, notice, desk, ticket, evidence."""
        helper = {"helper": [str(pathlib.Path(binary()).with_name("postreeve-queue"))],
                  "config_directory": str(self.folder / "postfix/etc")}
        mail = {"from": f"Abuse desk <{ABUSE}>", "smtp": f"127.0.0.1:{self._ports['mta']}"}
        signed = {"certificate_file": self.authority.certificate, "key_file": self.authority.key}
        sections = {f"flag_{name}": flag.action() for name, flag in self.flags.items()}
        sections |= {
            "queue": {"type": "queue", **helper},
            "delete": {"type": "queue_delete", **helper, "preserve_folder": str(self.folder / "preserved")},
            "sessions": {"type": "sessions", **self.dovecot.doveadm()},
            "notice": {"type": "notice", **mail, **signed, "support": "Telephone 030 000000, day and night",
                       "time_zone": "Europe/Berlin"},
            "desk": {"type": "staff_mail", **mail, "to": [TICKETS]},
            "ticket": {"type": "webhook", "url": self.tickets.url},
            "evidence": {"type": "evidence", **helper, **signed, "evidence_folder": str(self.folder / "evidence"),
                         "log_files": [str(self.folder / "postfix/log/maillog")], "organisation": "Example Hosting",
                         "contact": ABUSE}}
        return "".join(section(f"action.{name}", **keys) for name, keys in sections.items())

    def stop(self):
        self._servers.close()

    def remember_three_weeks(self, accounts):
        for account in accounts:
            self.postreeve.tell(habits.honest_weeks(account))

    def log_in(self, place, account, password=PASSWORD):
        return try_login(self.dovecot.imap_port, place, account, password)[0]

    def mailbox(self, place, account, password=PASSWORD):
        """An IMAP session that stays open."""
        mailbox = Mailbox(self.dovecot.imap_port, place)
        mailbox.login(account, password)
        return mailbox

    def session(self, place, account, password=PASSWORD):
        return Session(self.postfix.ports["submission"], place, account, password)

    def inbox(self, account, password=PASSWORD, place=habits.DESK):
        """The messages of the mailbox as they are read over IMAP."""
        mailbox = self.mailbox(place, account, password)
        mailbox.select(readonly=True)
        found = mailbox.search(None, "ALL")[1][0].split()
        messages = [mailbox.fetch(number, "(RFC822)")[1][0][1] for number in found]
        mailbox.logout()
        return messages

    def queue(self):
        """What lies in the queue, where, and to whom, whenever it is tried again."""
        return {queue_id: (m["queue_name"], m["sender"], m["arrival_time"], [r["address"] for r in m["recipients"]])
                for queue_id, m in self.postfix.queue().items()}

    def dumps(self):
        return {name: flag.dump() for name, flag in self.flags.items()} | {"queue": self.queue()}

    def actions(self, incident):
        """The rows of the outbox that are about the incident, in their order."""
        with sqlite3.connect(f"file:{self.postreeve.folder}/state.db?mode=ro", uri=True) as database:
            return database.execute("SELECT id, kind, state, attempts, finished, says, error FROM outbox "
                                    "WHERE incident = ? ORDER BY id", [incident]).fetchall()

    def is_over(self, incident):
        return all(row[2] in ("done", "given_up") for row in self.actions(incident))


def is_alive(mailbox):
    try:
        return mailbox.noop()[0] == "OK"
    except (imaplib.IMAP4.abort, OSError):
        return False
