"""Private Redis and PostgreSQL servers and what they were asked to do meanwhile."""
import os
import shutil
import sys
from pathlib import Path

from workshop import ROOT

sys.path.insert(0, str(ROOT / "tests" / "support"))
from private_servers import machine, postgresql  # noqa: E402
from private_servers.redis import Redis, RedisCluster  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
# As docs/redis.md and docs/ledger.md tell operators to have them.
REDIS_SETTINGS = ("--appendonly", "yes")
POSTGRESQL_SETTINGS = "fsync = on\nshared_buffers = 128MB\n"
OF_INFO = {"operations": "total_commands_processed", "round_trips": "total_reads_processed",
           "bytes_in": "total_net_input_bytes", "bytes_out": "total_net_output_bytes"}
OF_DATABASE = {"rows_inserted": "tup_inserted", "rows_updated": "tup_updated", "rows_deleted": "tup_deleted",
               "commits": "xact_commit"}


class Servers:
    """One Redis or a cluster of three masters, and PostgreSQL; in a folder that goes away."""

    def __init__(self, cluster):
        self.folder = machine.folder()
        self.redis = (RedisCluster if cluster else Redis)(self.folder / "redis", *REDIS_SETTINGS)
        self.nodes = self.redis.nodes if cluster else [self.redis]
        self.postgresql = postgresql.Postgresql(self.folder, POSTGRESQL_SETTINGS)

    def options(self):
        """For nodes_bench."""
        return ["--records", "redis", "--redis", self.redis.url, "--ledger", self.postgresql.connection,
                "--ledger-password-file", self.postgresql.password_file]

    def counters(self):
        """What was done since they started, by name."""
        return {**self._redis_counters(), **self._postgresql_counters()}

    def _redis_counters(self):
        infos = [node.info() for node in self.nodes]
        counted = {name: sum(int(info[of]) for info in infos) for name, of in OF_INFO.items()}
        counted["redis_cpu_seconds"] = sum(float(info["used_cpu_sys"]) + float(info["used_cpu_user"]) for info in infos)
        return {f"redis_{name}".replace("redis_redis", "redis"): value for name, value in counted.items()}

    def _postgresql_counters(self):
        """Whoever wrote is gone by now, and has told its counters before."""
        columns = ", ".join(OF_DATABASE.values())
        row = self.postgresql.ask(f"SELECT {columns}, pg_current_wal_insert_lsn() - '0/0', pg_database_size('mail') FROM "
                                  "pg_stat_database WHERE datname = 'mail'")
        names = [f"postgresql_{name}" for name in (*OF_DATABASE, "wal_bytes", "disk_bytes")]
        counted = dict(zip(names, map(int, row.strip().split("|"))))
        counted["postgresql_cpu_seconds"] = self._postgresql_cpu()
        return counted

    def _postgresql_cpu(self):
        """Of the server, of its processes that have ended and of those that it has."""
        first, *others = (Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
                          for process in self.postgresql.processes())
        ticks = sum(map(int, first[11:15])) + sum(sum(map(int, fields[11:13])) for fields in others)
        return ticks / TICKS

    def sizes(self):
        """By kind of key: how many there are, and what they take."""
        total = {kind: {"keys": 0, "bytes": 0} for kind in ("records", "traits", "others")}
        for node in self.nodes:
            keys = node.cli("--scan").split()
            sizes = machine.run("redis-cli", "-p", str(node.port), text="".join(f"MEMORY USAGE {key}\n" for key in keys))
            for key, size in zip(keys, sizes.split(), strict=True):
                kind = total["records" if key.endswith("}r") else "traits" if key.startswith("pr:{t") else "others"]
                kind["keys"] += 1
                kind["bytes"] += int(size)
        return total

    def stop(self):
        self.redis.kill()
        self.postgresql.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
