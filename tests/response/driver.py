"""One action as the worker calls it, through tests/response/action_driver.cc."""

import json
import os
import subprocess

from private_servers.machine import ROOT

BINARY = os.environ.get("POSTREEVE_ACTION_DRIVER", str(ROOT / "build/dev/tests/action_driver"))


def drive(kind, settings, state_folder, **asked):
    """What each step told, by its name."""
    request = {"type": kind, "settings": settings, "state_folder": str(state_folder), **asked}
    done = subprocess.run([BINARY], input=json.dumps(request), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)
