"""A private Redis Cluster on loopback: three masters, a replica each."""

from private_servers.machine import free_port, wait_for

from daemon import SLOWNESS
from redis_server import Redis

SLOTS = 16384
NODE_TIMEOUT = 700  # ms until the others give a node up


class RedisCluster:
    def __init__(self, folder, pairs=3):
        folder.mkdir()
        self.servers = [
            Redis(folder / str(number), "--cluster-enabled", "yes", "--cluster-port", str(free_port()),
                  "--cluster-node-timeout", str(int(NODE_TIMEOUT * SLOWNESS)), "--repl-diskless-sync-delay", "0",
                  "--appendonly", "yes") for number in range(2 * pairs)]
        masters, replicas = self.servers[:pairs], self.servers[pairs:]
        for number, server in enumerate(masters):
            server.cli("cluster", "set-config-epoch", str(number + 1))
            server.cli("cluster", "addslotsrange", str(SLOTS * number // pairs), str(SLOTS * (number + 1) // pairs - 1))
        for server in self.servers[1:]:
            bus = server.cli("config", "get", "cluster-port").split()[1]
            masters[0].cli("cluster", "meet", "127.0.0.1", str(server.port), bus)
        names = [server.cli("cluster", "myid").strip() for server in self.servers]
        self._wait(lambda: all(name in server.cli("cluster", "nodes") for server in self.servers for name in names))
        for name, replica in zip(names, replicas):
            self._wait(lambda: replica.cli("cluster", "replicate", name).startswith("OK"))
        self.wait_until_whole()

    @property
    def url(self):
        return "redis://" + ",".join(f"127.0.0.1:{server.port}" for server in self.servers)

    @staticmethod
    def _wait(what, says="the cluster did not come to that"):
        wait_for(what, 20 * SLOWNESS, says)

    def living(self):
        return [server for server in self.servers if server.process.poll() is None]

    def masters(self):
        return [server for server in self.living() if "role:master" in server.cli("info", "replication")]

    def replica_of(self, master):
        return next(server for server in self.living()
                    if f"master_port:{master.port}" in server.cli("info", "replication").split())

    def slots_of(self, server):
        """How many slots it has, as all living servers see it; None while they do not agree."""
        seen = set()
        for asked in self.living():
            ranges = [line.split()[8:] for line in asked.cli("cluster", "nodes").splitlines() if f":{server.port}@" in line]
            seen.add(tuple(ranges[0]) if ranges else ())
        return len(seen.pop()) if len(seen) == 1 else None

    def is_well(self):
        return all("cluster_state:ok" in server.cli("cluster", "info") for server in self.living())

    def wait_until_whole(self):
        """Everybody is there, every replica has what its master has."""
        def is_whole():
            told = [server.cli("info", "replication") for server in self.servers]
            masters = sum("role:master" in one and "connected_slaves:1" in one for one in told)
            replicas = sum("master_link_status:up" in one for one in told)
            return masters == replicas == len(self.servers) // 2 and self.is_well()
        self._wait(is_whole)

    def cut_replica_off(self, replica):
        """From now on it misses what its master is told, which neither of them nor a client notices."""
        replica.cli("config", "set", "masterauth", "wrong")
        replica.cli("client", "kill", "type", "master")
        self._wait(lambda: "master_link_status:down" in replica.cli("info", "replication"))

    def take_over(self, replica):
        """At once, and with what it has."""
        replica.cli("cluster", "failover", "takeover")
        replica.cli("config", "set", "masterauth", "")
        self.wait_for_takeover(replica)

    def wait_for_takeover(self, replica):
        self._wait(lambda: self.slots_of(replica) == 1 and self.is_well(), "the replica did not take over")

    def end(self):
        for server in self.servers:
            server.kill()
