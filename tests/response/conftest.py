"""Actions beside the real servers that they change: one action at a time, through tests/response/action_driver.cc."""

import os
import pathlib
import shutil
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

from driver import drive  # noqa: E402
from private_servers import machine, mariadb, postgresql, slapd  # noqa: E402
from private_servers.authority import Authority  # noqa: E402
from queue_world import PostfixWorld  # noqa: E402


@pytest.fixture(scope="session")
def folder():
    """Everything that the servers write."""
    made = machine.folder()
    yield made
    shutil.rmtree(made, ignore_errors=True)


def _server(module, make, folder):
    if os.geteuid() != 0:
        pytest.skip("servers change their user, which only root can")
    if not module.is_installed():
        pytest.skip(f"{module.__name__.split('.')[-1]} is not installed (packaging/setup)")
    return make(folder)


@pytest.fixture(scope="session")
def postgresql_server(folder):
    server = _server(postgresql, postgresql.Postgresql, folder)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def mariadb_server(folder):
    server = _server(mariadb, mariadb.Mariadb, folder)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def slapd_server(folder):
    server = _server(slapd, slapd.Slapd, folder)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def world():
    """A mail server with two accounts; tests of mail that only tells have one of their own."""
    world = PostfixWorld()
    yield world
    world.stop()


@pytest.fixture
def empty_queue(world):
    world.postfix._do("postsuper", "-d", "ALL")
    world.sink.messages.clear()


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


class Driver:
    """Calls one action as the worker would."""

    def __init__(self, state):
        self._state = str(state)

    def __call__(self, kind, settings, *steps, receipt=None, **entry):
        """What each step told, by its name; the receipt of an earlier run stands for prepare."""
        task = {"account": "anna@shop.example", "before": "clear", "after": "suspended", "incident": 43981,
                "until": 1772420400, "risk": 6.5, "messages": 3, "recipients": 41, "author": "postreeve",
                "evidence": ["first login ever from Vietnam"], **entry}
        known = {} if receipt is None else {"receipt": receipt}
        return drive(kind, settings, self._state, steps=steps, entry=task, **known)


@pytest.fixture
def act(tmp_path):
    return Driver(tmp_path)
