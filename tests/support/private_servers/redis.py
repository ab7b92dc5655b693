"""A private Redis, or a cluster of them."""

import os
import signal
import subprocess

from .machine import answers, free_port, run, wait_for


class Redis:
    def __init__(self, folder, *settings):
        self.folder, self.port, self.settings, self.process = folder, free_port(), settings, None
        folder.mkdir(exist_ok=True)
        self.start()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder, "--logfile",
             self.folder / "log", *self.settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: answers(self.port), says="redis-server did not start")
        return self

    def cli(self, *words):
        return subprocess.run(["redis-cli", "-p", str(self.port), *words], capture_output=True, text=True, timeout=20, check=True).stdout

    def info(self):
        """What INFO says, by name, as texts."""
        return dict(line.split(":", 1) for line in self.cli("info", "everything").splitlines() if ":" in line)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def pause(self):
        os.kill(self.process.pid, signal.SIGSTOP)

    def resume(self):
        os.kill(self.process.pid, signal.SIGCONT)


class RedisCluster:
    """Masters without replicas that share the slots."""

    def __init__(self, folder, *settings, masters=3):
        folder.mkdir(exist_ok=True)
        self.nodes = [Redis(folder / str(number), "--cluster-enabled", "yes", "--cluster-port", str(free_port()), *settings)
                      for number in range(masters)]
        run("redis-cli", "--cluster", "create", *[f"127.0.0.1:{node.port}" for node in self.nodes], "--cluster-replicas", "0",
            "--cluster-yes")
        wait_for(lambda: all("cluster_state:ok" in node.cli("cluster", "info") for node in self.nodes), 20)

    @property
    def url(self):
        return self.nodes[0].url

    def kill(self):
        for node in self.nodes:
            node.kill()
