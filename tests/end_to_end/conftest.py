import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "support"))

from private_servers import machine  # noqa: E402
from world import World  # noqa: E402


def pytest_collection_modifyitems(items):
    if os.geteuid() != 0:
        if os.environ.get("CI"):
            raise pytest.UsageError("Postfix starts for root only: run these tests as root")
        for item in items:
            item.add_marker(pytest.mark.skip(reason="Postfix starts for root only"))


@pytest.fixture
def room_in_the_hour():
    """For tests that count by `top senders`."""
    machine.room_in_the_hour()


@pytest.fixture(scope="session")
def world():
    world = World()
    yield world
    world.stop()
