"""Ways between a node and Redis that can be cut.

Network namespaces lose packets as a cut cable does; they need a kernel that lets root make them. The forwarder
does what they cannot: it answers late, or tears connections when what was asked is done and the answer is not
out yet. Where namespaces are not permitted it is the cut cable, too: it keeps what is sent until it is healed,
which is what retransmission comes to.
"""

import contextlib
import ctypes
import os
import select
import socket
import subprocess
import threading
import time

from private_servers.machine import free_port, run, wait_for

NEW_NETWORK = 0x40000000  # CLONE_NEWNET
SOURCE, TARGET = "10.77.0.2", "10.77.0.1"


def _call(function, *arguments):
    if function(*arguments) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


LIBC = ctypes.CDLL(None, use_errno=True)


@contextlib.contextmanager
def own_network():
    """The calling thread and all it starts are on a network of their own, with nothing but loopback. PermissionError."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    try:
        _call(LIBC.unshare, NEW_NETWORK)
        try:
            run("ip", "link", "set", "lo", "up")
            yield
        finally:
            _call(LIBC.setns, home, NEW_NETWORK)
    finally:
        os.close(home)


class Cable:
    """A second network behind a cable; whoever is launched with `launching` is there."""

    def __init__(self):
        self.holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        own = os.readlink("/proc/self/ns/net")
        wait_for(lambda: os.readlink(f"/proc/{self.holder.pid}/ns/net") != own)
        self.network = os.open(f"/proc/{self.holder.pid}/ns/net", os.O_RDONLY)
        run("ip", "link", "add", "here", "type", "veth", "peer", "name", "there", "netns", str(self.holder.pid))
        run("ip", "address", "add", f"{TARGET}/24", "dev", "here")
        self._there("ip", "link", "set", "lo", "up")
        self._there("ip", "address", "add", f"{SOURCE}/24", "dev", "there")
        self._there("ip", "link", "set", "there", "up")
        self.heal()

    def _there(self, *command):
        run("nsenter", f"--net=/proc/{self.holder.pid}/ns/net", *command)

    @property
    def launching(self):
        return {"preexec_fn": lambda: _call(LIBC.setns, self.network, NEW_NETWORK)}

    def address_of(self, port):
        return f"{TARGET}:{port}"

    def cut(self):
        run("ip", "link", "set", "here", "down")

    def heal(self):
        run("ip", "link", "set", "here", "up")

    def end(self):
        self.holder.kill()
        self.holder.wait()
        os.close(self.network)


class Forwarders:
    """What a cable is, where there can be none: cut and healed together."""

    launching = {}

    def __init__(self):
        self.ways = []

    def address_of(self, port):
        self.ways.append(Forwarder())
        return self.ways[-1].address_of(port)

    def cut(self):
        for way in self.ways:
            way.cut()

    def heal(self):
        for way in self.ways:
            way.heal()

    def end(self):
        for way in self.ways:
            way.end()


class Forwarder:
    """Passes connections on to a port on loopback, as long as nobody tells it not to."""

    launching = {}

    def __init__(self, target=None):
        self.target, self.port = target, free_port()
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.is_open = threading.Event()
        self.is_open.set()
        self.is_ended = False
        self.delay = 0.0  # seconds before an answer
        self.torn_after = 0  # answers until one is lost with its connection; 0: none is
        self.lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def address_of(self, port):
        self.target = port
        return f"127.0.0.1:{self.port}"

    def cut(self):
        self.is_open.clear()

    def heal(self):
        self.is_open.set()

    def end(self):
        self.is_ended = True
        self.heal()
        self.listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=(self.listener.accept()[0],), daemon=True).start()

    def _serve(self, client):
        with contextlib.suppress(OSError), client, socket.create_connection(("127.0.0.1", self.target)) as server:
            while True:
                ready, _, _ = select.select((client, server), (), ())
                for source in ready:
                    data = source.recv(65536)
                    self.is_open.wait()
                    if not data or self.is_ended:
                        return
                    if source is server and self._is_lost():
                        return
                    if source is server:
                        time.sleep(self.delay)
                    (client if source is server else server).sendall(data)

    def _is_lost(self):
        with self.lock:
            if self.torn_after == 0:
                return False
            self.torn_after -= 1
            return self.torn_after == 0
