import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from daemon import SEED, Daemon  # noqa: E402


@pytest.fixture
def make_daemon(tmp_path):
    """Daemons that end with the test."""
    print(f"POSTREEVE_SEED={SEED}")
    made = []

    def make(*arguments, name="one", **more):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        made.append(Daemon(folder, *arguments, **more))
        return made[-1]

    yield make
    for daemon in made:
        daemon.end()


@pytest.fixture
def daemon(make_daemon):
    return make_daemon().start()
