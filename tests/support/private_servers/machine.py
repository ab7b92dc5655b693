"""What the servers need of the machine: ports, waiting, processes, certificates."""

import contextlib
import os
import pathlib
import random
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"

_handed_out = set()


def free_port():
    """A port nobody listens on, below those that the system gives to clients."""
    while True:
        port = random.randint(12000, 31000)
        if port in _handed_out:
            continue
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
        _handed_out.add(port)
        return port


def wait_for(what, seconds=10, says="it did not come"):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = what()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(says() if callable(says) else says)


def room_in_the_hour(seconds=120):
    """For what is counted by the hour of the clock: waits for the next one when less is left of this."""
    left = 3600 - time.time() % 3600
    if left < seconds:
        time.sleep(left + 0.1)


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def run(*command, text=None):
    """What the command prints; a daemon it leaves behind keeps no pipe open."""
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(command, input=text, stdin=None if text else subprocess.DEVNULL, stdout=output,
                              stderr=subprocess.STDOUT, text=True, timeout=60, env={**os.environ, "PATH": PATH})
        output.seek(0)
        printed = output.read()
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {printed.strip()}")
    return printed


def as_user(user, *command):
    """The same as somebody else, for servers that refuse root."""
    return run("setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *command)


def folder():
    """Short, because paths of Unix sockets are; readable, because servers change their user."""
    made = pathlib.Path(tempfile.mkdtemp(prefix="pr-", dir="/tmp"))
    made.chmod(0o755)
    return made


def is_alive(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state != "Z"


def children(pid):
    """Those that it started, as long as they and it live."""
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, task.read_text().split())
    return found


def end_process(pid, seconds=10):
    """Ends one of our own daemons that is not our child."""
    if not is_alive(pid):
        return
    tell([pid], signal.SIGTERM)
    until = time.monotonic() + seconds
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    if is_alive(pid):
        tell([pid], signal.SIGKILL)


def tell(processes, what):
    """Sends them all the signal. One that has ended already is collected by its parent as soon as that goes on."""
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, what)


def silence(server):
    """It answers nothing and ends nothing, as behind a dead network or a dead disk; returns what lets it go on."""
    os.kill(server.process(), signal.SIGSTOP)  # first, so that it starts no others meanwhile
    stopped = server.processes()
    tell(stopped, signal.SIGSTOP)
    return lambda: tell(stopped, signal.SIGCONT)


@contextlib.contextmanager
def silenced(server):
    go_on = silence(server)
    try:
        yield
    finally:
        go_on()


class Company(contextlib.ExitStack):
    """Servers that were started one after the other; close() stops them the other way round, all of them."""

    def begin(self, server):
        self.callback(server.stop)
        return server
