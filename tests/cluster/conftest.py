"""Several `postreeve serve` on one PostgreSQL, one Redis, or both."""

import json
import os
import pathlib
import shutil
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent / "serve")]

from daemon import SEED, Daemon  # noqa: E402
from private_servers import machine, postgresql  # noqa: E402


# Notes what it was run for; the story on its input is one line.
HOOK = """#!/bin/sh
read -r story
echo "$story" >> "$1"
"""


class Cluster:
    """Nodes with state of their own and, with a server, one ledger. A program is told of every restriction."""

    def __init__(self, folder, server=None, more="", ledger_timeout="3s"):
        self.folder, self.server, self.nodes = folder, server, []
        self.journal, hook = folder / "journal", folder / "hook"
        hook.write_text(HOOK)
        hook.chmod(0o755)
        command = f'["{hook}", "{self.journal}"]'
        self.more = (f'{more}[response]\nslowed = ["hook"]\n'
                     f'[action.hook]\ntype = "command_hook"\ncommand = {command}\nundo_command = {command}\n')
        self.key = folder / "key"  # of the hashes that stand for names: the same on all nodes
        self.ledger = ""
        if server:
            self.database = f"ledger{os.urandom(4).hex()}"
            server.ask(f"CREATE DATABASE {self.database}", database="postgres")
            connection = server.connection.replace("dbname=mail", f"dbname={self.database}")
            self.ledger = (f'ledger = "{connection}"\nledger_password_file = "{server.password_file}"\n'
                           f'ledger_timeout = "{ledger_timeout}"\n')

    def node(self, name, start=True, redis=None, ledger_at=None, listen="127.0.0.1:0", **launching):
        """`ledger_at`: the host and port by which this one reaches the server."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        daemon = Daemon(folder, gates=())
        records = f'redis = "{redis}"\n' if redis else ""
        ledger = self.ledger
        if ledger_at:
            host, port = ledger_at.split(":")
            ledger = ledger.replace(f"host=127.0.0.1 port={self.server.port} ", f"host={host} port={port} ")
            assert ledger != self.ledger
        daemon.config.write_text(
            f'[guard]\nmode = "enforce"\n[control]\nsocket = "{daemon.control_path}"\n'
            f'[gate.postfix_policy]\nlisten = ["{listen}"]\n[gate.events]\nlisten = ["127.0.0.1:0"]\n'
            f'[metrics]\nlisten = ["127.0.0.1:0"]\n'
            f'[state]\npath = "{daemon.state}"\nkey_file = "{self.key}"\n{records}{ledger}{self.more}')
        self.nodes.append(daemon)
        return daemon.start(**launching) if start else daemon

    def rows(self, statement):
        return [line.split("|") for line in self.server.ask(statement, database=self.database).splitlines()]

    def ask(self, statement):
        return self.server.ask(statement, database=self.database).split()

    def levels(self):
        """The standings of the ledger that they share, if they do."""
        return dict(self.rows("SELECT account, level FROM standing")) if self.server else None

    def runs(self):
        """What the program was run for, run by run."""
        return [json.loads(line) for line in self.journal.read_text().splitlines()] if self.journal.exists() else []

    def history(self, account):
        return self.server and self.rows("SELECT changed, incident, level_before, level, author, reason FROM standing_change"
                         f" WHERE account = '{account}' ORDER BY changed")

    def end(self):
        for node in self.nodes:
            node.end()


@pytest.fixture
def server():
    if os.geteuid() != 0:
        pytest.skip("PostgreSQL changes its user, which only root can")
    if not postgresql.is_installed():
        pytest.skip("PostgreSQL is not installed (packaging/setup)")
    folder = machine.folder()
    server = postgresql.Postgresql(folder)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def make_cluster(tmp_path):
    """Clusters that end with the test."""
    print(f"POSTREEVE_SEED={SEED}")
    made = []

    def make(*arguments, **more):
        made.append(Cluster(tmp_path, *arguments, **more))
        return made[-1]

    yield make
    for cluster in made:
        cluster.end()


@pytest.fixture
def cluster(make_cluster, server):
    return make_cluster(server, ledger_timeout="1s")
