"""The site's own check_sasl_access sees a flag within a second, in a session that is already open, too."""

import pathlib
import shutil
import smtplib
import sqlite3
import time

import pytest

from private_servers import machine, slapd
from private_servers.postfix import Postfix
from private_servers.sasl import Sasl
from private_servers.sink import Sink

ACCOUNT = "erna@shop.example"
REPLY = "451 4.7.1 abused"
TABLE = "CREATE TABLE users (login varchar(320) PRIMARY KEY, abused integer NOT NULL)"
QUERY = f"SELECT '{REPLY}' FROM users WHERE login = '%s' AND abused = 1"
SQL = {"set": "UPDATE users SET abused = 1 WHERE login = :account",
       "read": "SELECT abused FROM users WHERE login = :account",
       "undo": "UPDATE users SET abused = :before WHERE login = :account AND abused = 1"}


class Maps:
    """One row for erna in each database, and the map files that Postfix reads."""

    def __init__(self, folder, servers):
        self._folder = folder
        self.settings = {}
        self.maps = {}
        self.sqlite()
        self.sql("pgsql", servers["postgresql"])
        self.sql("mysql", servers["mariadb"])
        self.ldap(servers["slapd"])

    def _map(self, kind, text):
        file = self._folder / f"{kind}-abused.cf"
        file.write_text(text)
        self.maps[kind] = f"{kind}:{file}"

    def sqlite(self):
        file = self._folder / "mail.db"
        with sqlite3.connect(file) as database:
            database.execute(TABLE)
            database.execute(f"INSERT INTO users VALUES ('{ACCOUNT}', 0)")
        file.chmod(0o644)
        self._map("sqlite", f"dbpath = {file}\nquery = {QUERY}\n")
        self.settings["sqlite"] = {"database": "sqlite", "connection": f"db={file}", **SQL}

    def sql(self, kind, server):
        server.ask(f"DROP TABLE IF EXISTS users; {TABLE}; INSERT INTO users VALUES ('{ACCOUNT}', 0);")
        if server.kind == "postgresql":
            server.ask("DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN PASSWORD 'plain'; GRANT SELECT ON users TO reader")
        else:
            server.ask("CREATE OR REPLACE USER reader@'127.0.0.1' IDENTIFIED BY 'plain';"
                       "GRANT SELECT ON mail.users TO reader@'127.0.0.1'")
        self._map(kind, f"hosts = inet:127.0.0.1:{server.port}\n" if kind == "mysql" else
                  f"hosts = 127.0.0.1:{server.port}\n")
        file = pathlib.Path(self.maps[kind].split(":", 1)[1])
        file.write_text(file.read_text() + f"user = reader\npassword = plain\ndbname = mail\nquery = {QUERY}\n")
        self.settings[kind] = {"database": server.kind, "connection": server.connection,
                               "password_file": str(server.password_file), **SQL}

    def ldap(self, server):
        server.change("dn: uid=postfix,dc=example\nchangetype: add\nobjectClass: inetOrgPerson\n"
                      f"objectClass: mailUser\ncn: Erna\nsn: E\nuid: postfix\nuid: {ACCOUNT}\n")
        self._map("ldap", f"server_host = {server.uri}\nversion = 3\nbind = no\nsearch_base = dc=example\n"
                          "query_filter = (&(uid=%s)(abused=TRUE))\nresult_attribute = abused\n"
                          f"result_format = {REPLY}\n")
        self.settings["ldap"] = {"uri": server.uri, "bind_dn": slapd.ADMIN, "password_file": str(server.password_file),
                                 "base": "dc=example", "filter": "(uid={account})", "attribute": "abused",
                                 "value": "TRUE"}


@pytest.fixture(scope="module")
def maps(postgresql_server, mariadb_server, slapd_server):
    folder = machine.folder()
    yield Maps(folder, {"postgresql": postgresql_server, "mariadb": mariadb_server, "slapd": slapd_server})
    slapd_server.change("dn: uid=postfix,dc=example\nchangetype: delete\n")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def postfix(maps):
    folder, sasl, sink = machine.folder(), Sasl(), Sink()
    services = {kind: {"smtpd_recipient_restrictions": f"check_sasl_access {table}, permit_sasl_authenticated, reject"}
                for kind, table in maps.maps.items()}
    postfix = Postfix(folder, sasl.endpoint, sink.port, services)
    yield postfix
    postfix.stop()
    sink.stop()
    sasl.stop()
    shutil.rmtree(folder)


@pytest.mark.parametrize("kind", ["ldap", "pgsql", "mysql", "sqlite"])
def test_postfix_refuses_within_a_second(postfix, maps, act, kind):
    action = "ldap_flag" if kind == "ldap" else "sql_flag"
    with smtplib.SMTP("127.0.0.1", postfix.ports[kind], "laptop.test", timeout=20) as client:
        client.login(ACCOUNT, "secret")
        client.mail(ACCOUNT)
        assert client.rcpt("bob@ok.test")[0] == 250, postfix.log()
        done = act(action, maps.settings[kind], "prepare", "carry_out", account=ACCOUNT)
        code, text = client.rcpt("eve@ok.test")
        took = time.monotonic() - done["begun"]
        assert (code, b"abused" in text) == (451, True), (done, text)
        assert took < 1, took
        undone = act(action, maps.settings[kind], "undo", receipt=done["receipt"],
                     account=ACCOUNT)
        assert undone["undo"].startswith("gave back"), undone
        assert client.rcpt("eve@ok.test")[0] == 250
    print(f"{kind}: {took * 1000:.0f} ms from the action's start to the refusal")
