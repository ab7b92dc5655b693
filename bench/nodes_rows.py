"""Decisions where nodes share records on Redis and the ledger on PostgreSQL, beside memory and SQLite."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from table import per_second
from workshop import BUILD, DATA

RESULTS = DATA / "nodes.json"  # what scale.py reads
NODES = (1, 2, 4)
THEFTS = 40
MOST_GROWTH = 1.25  # of what a decision costs, from one node to four


def working_days(after):
    """Pairs of days that are no weekend: one at full load, one at half."""
    day = after
    while True:
        pair = []
        while len(pair) < 2:
            if day % 7 < 5:
                pair.append(day)
            day += 1
        yield pair


def measure_nodes(workshop, table):
    table.section("Decisions by nodes with a ledger, each act through any of them, 8 threads, full load (half load)")
    if os.geteuid() != 0:
        table.add("decisions", "not measured", "PostgreSQL starts for root only")
        return
    town = Town(500, 7) if workshop.quick else Town(2000, 14)
    results = {"accounts": town.accounts, "past_days": town.past, "machine": workshop.machine(), "days_between_sizes": 2 * len(NODES),
               "thefts": THEFTS, "rows": []}
    for records in ("memory", "sqlite"):
        add(table, results, records, 1, measure_alone(town, records))
    for records in ("redis", "cluster"):
        measure_shared(town, records, table, results)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


class Town:
    """Accounts that go on living from one run of nodes_bench to the next."""

    def __init__(self, accounts, past):
        self.accounts, self.past = accounts, past
        self.days = working_days(past)

    def live(self, folder, *options):
        """The rows that nodes_bench prints."""
        command = [BUILD / "bench" / "nodes_bench", "--accounts", self.accounts, "--folder", folder, *options]
        result = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, check=False)
        if result.returncode != 0:
            sys.exit("bench: nodes_bench failed")
        return [json.loads(line) for line in result.stdout.splitlines()]

    def start_anew(self):
        self.days = working_days(self.past)

    def next_days(self):
        return ",".join(map(str, next(self.days)))


def measure_alone(town, records):
    """In memory all in one run: nothing is left of it."""
    folder = tempfile.mkdtemp(prefix="postreeve-bench-")
    town.start_anew()
    past = ["--records", records, "--past", town.past]
    try:
        if records != "memory":
            town.live(folder, *past)
            past = past[:2]
        return town.live(folder, *past, "--days", town.next_days())
    finally:
        shutil.rmtree(folder)


def measure_shared(town, records, table, results):
    from servers import Servers
    servers = Servers(cluster=records == "cluster")
    town.start_anew()
    try:
        town.live(servers.folder / "nodes", *servers.options(), "--past", town.past)
        results[f"{records}_sizes"] = [servers.sizes()]
        for nodes in NODES:
            rows, done = observe(servers, lambda count=nodes: town.live(
                servers.folder / "nodes", *servers.options(), "--nodes", count, "--days", town.next_days()))
            add(table, results, records, nodes, rows, done)
        add_growth(table, results, records)
        results[f"{records}_sizes"].append(servers.sizes())
        if records == "redis":
            results["parts"] = measure_parts(town, servers)
    finally:
        servers.stop()


def observe(servers, work):
    """What `work` returns, and what the servers did meanwhile."""
    before = servers.counters()
    rows = work()
    after = servers.counters()
    return rows, {name: after[name] - before[name] for name in after}


def measure_parts(town, servers):
    """What logins, messages and thefts cost each for itself, and how fast counts are written, by two nodes. The first act of
    a day costs more than later ones: the day is lived twice."""
    day, later = town.next_days().split(",")
    work = {name: ["--days", day, "--begin", begin, "--hours", 5, "--acts", name.removeprefix("later_")]
            for begin, name in ((0, "logins"), (5, "messages"), (10, "later_logins"), (15, "later_messages"))}
    work |= {"thefts": ["--from", later, "--thefts", THEFTS], "counts": ["--counts", 10_000]}
    parts = {}
    for name, options in work.items():
        (row,), done = observe(servers, lambda more=options: town.live(
            servers.folder / "nodes", *servers.options(), "--nodes", 2, *more))
        parts[name] = {"row": row, "servers": done}
    return parts


def add(table, results, records, nodes, rows, done=None):
    full, half = rows
    if full["judged_alone"] or full["spooled"]:
        sys.exit(f"bench: {records}, {nodes} nodes: a server did not answer in time; the machine is too busy")
    decisions = full["decisions"] + half["decisions"]
    cost = {name: value / decisions for name, value in (done or {}).items()}
    cost["cpu_us"] = 1e6 * (full["cpu_seconds"] + half["cpu_seconds"]) / decisions
    cost["judged_again"] = (full["judged_again"] + half["judged_again"]) / decisions
    results["rows"].append({"records": records, "nodes": nodes, "full": full, "half": half, "cost": cost})
    what = {"memory": "memory", "sqlite": "SQLite", "redis": "Redis, PostgreSQL",
            "cluster": "Redis Cluster of three, PostgreSQL"}[records]
    table.add(f"{what}, {nodes} node{'s' * (nodes > 1)}", per_second(full["decisions"] / full["seconds"]),
              f"p50 {full['p50_us']:,.0f} us ({half['p50_us']:,.0f}), p99 {full['p99_us']:,.0f} us ({half['p99_us']:,.0f}); "
              f"CPU {cost['cpu_us']:,.0f} us")
    if done:
        add_servers(table, cost)


def add_servers(table, cost):
    table.add("  Redis, a decision", f"{cost['redis_operations']:.2f} operations",
              f"{cost['redis_round_trips']:.2f} round trips, {cost['redis_bytes_in']:,.0f} bytes in, "
              f"{cost['redis_bytes_out']:,.0f} out, CPU {1e6 * cost['redis_cpu_seconds']:,.0f} us; "
              f"judged again {100 * cost['judged_again']:.1f} %")
    rows = cost["postgresql_rows_inserted"] + cost["postgresql_rows_updated"]
    table.add("  PostgreSQL, a decision", f"{rows:.2f} rows",
              f"{cost['postgresql_wal_bytes']:,.0f} bytes of log, {cost['postgresql_disk_bytes']:,.0f} of tables, "
              f"CPU {1e6 * cost['postgresql_cpu_seconds']:,.0f} us")


def add_growth(table, results, records):
    costs = {row["nodes"]: whole_cost(row["cost"]) for row in results["rows"] if row["records"] == records}
    most, least = NODES[-1], NODES[0]
    for figure, name in enumerate(("CPU of all processes", "Redis operations")):
        growth = costs[most][figure] / costs[least][figure]
        table.add(f"  {name} a decision, {most} nodes beside {least}", f"{growth:.2f} x", "", f"<= {MOST_GROWTH} x",
                  growth <= MOST_GROWTH)


def whole_cost(cost):
    return (cost["cpu_us"] + 1e6 * (cost["redis_cpu_seconds"] + cost["postgresql_cpu_seconds"]), cost["redis_operations"])
