#!/usr/bin/env python3
"""Writes the tables of docs/scale.md: what 100 million accounts would take, from what was measured.

    bench/run --only nodes && bench/scale.py

Reads build/bench-data/nodes.json, which `bench/run` leaves. Whatever is no measurement stands below as an assumption and
is printed as one.
"""
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MEASURED = ROOT / "build" / "bench-data" / "nodes.json"
PAGE = ROOT / "docs" / "scale.md"

ROWS_A_STATEMENT = 100  # kRowsInAStatement in src/store/ledger/hourly_counts.cc
TARGET = 50_000  # submissions a second
ACCOUNTS_A_SUBMISSION = 2_000  # of a second: 100 million at the target
STEPS = (10, 100, 1_000, 5_000, 10_000, TARGET)


@dataclass(frozen=True)
class Assumption:
    value: float
    says: str


LOGINS = Assumption(2, "logins for each submission: one to hand it in, one to a mailbox")
BUSIEST = Assumption(3, "times the mean is the busiest second; room on disks follows the mean")
USABLE = Assumption(0.6, "of a core or a disk is used at most, so that answers stay fast and one machine may fail")
NODE_CORES = Assumption(8, "cores of a node, which the mail server has not")
MASTER_GIB = Assumption(32, "GiB of records on one Redis master, a core each; a replica doubles machines, not load")
HOT_SHARE = Assumption(0.3, "of all mail comes from one /24: the webmail's")
DISTANCE_MS = Assumption(0.2, "ms there and back between a node and PostgreSQL; measured was loopback")
INCIDENTS = Assumption(0.0013, "restrictions an account and month: take-overs 0.0001, false ones as in quality.md")
KEPT_DAYS = Assumption(15, "days that hourly counts are kept")
TRAIT_DAYS = Assumption(45, "days that traits are kept; they grow until then as between the two days measured")
COUNT_ROWS = Assumption(1, "row of hourly counts for each message and each login, since they are written every two seconds (the "
                        "bench's days pass in less, so that some rows are one)")
ASSUMPTIONS = (LOGINS, BUSIEST, USABLE, NODE_CORES, MASTER_GIB, HOT_SHARE, DISTANCE_MS, INCIDENTS, KEPT_DAYS, TRAIT_DAYS, COUNT_ROWS)
SECONDS_A_MONTH = 30 * 86_400


@dataclass
class Cost:
    """Of one login, message or theft."""
    decisions: float
    node_us: float
    redis_us: float
    operations: float
    round_trips: float
    redis_bytes: float
    ledger_us: float
    rows: float
    rows_inserted: float
    log_bytes: float
    disk_bytes: float

    def __add__(self, other):
        return Cost(*(a + b for a, b in zip(vars(self).values(), vars(other).values())))

    def __mul__(self, times):
        return Cost(*(value * times for value in vars(self).values()))


def cost_of(part, count):
    row, done = part["row"], part["servers"]
    whole = Cost(
        decisions=row["decisions"],
        node_us=1e6 * row["cpu_seconds"],
        redis_us=1e6 * done["redis_cpu_seconds"],
        operations=done["redis_operations"],
        round_trips=done["redis_round_trips"],
        redis_bytes=done["redis_bytes_in"] + done["redis_bytes_out"],
        ledger_us=1e6 * done["postgresql_cpu_seconds"],
        rows=done["postgresql_rows_inserted"] + done["postgresql_rows_updated"],
        rows_inserted=done["postgresql_rows_inserted"],
        log_bytes=done["postgresql_wal_bytes"],
        disk_bytes=done["postgresql_disk_bytes"])
    return whole * (1 / count)


def submissions_a_day():
    """Of an account."""
    return 86_400 / ACCOUNTS_A_SUBMISSION / BUSIEST.value


def of_a_day(first, later, times):
    """The mean of so many a day, of which one is the first."""
    return first * (1 / times) + later * (1 - 1 / times)


def counts_written(parts):
    done = parts["counts"]["servers"]
    return done["postgresql_rows_inserted"] + done["postgresql_rows_updated"]


def sizes_of_account(measured):
    """Bytes of a record, bytes and number of traits when as many are forgotten as come."""
    first, last = measured["redis_sizes"]
    days, accounts = measured["days_between_sizes"], measured["accounts"]
    more_days = TRAIT_DAYS.value - measured["past_days"] - days

    def grown(what):
        a_day = (last["traits"][what] - first["traits"][what]) / days
        return (last["traits"][what] + more_days * a_day) / accounts
    return last["records"]["bytes"] / accounts, grown("bytes"), grown("keys")


class Model:
    """What a rate of submissions asks of each part, and up to which rate a part goes."""

    def __init__(self, measured):
        parts = measured["parts"]
        self.logins = [cost_of(parts[name], parts[name]["row"]["logins"]) for name in ("logins", "later_logins")]
        self.messages = [cost_of(parts[name], parts[name]["row"]["messages"]) for name in ("messages", "later_messages")]
        self.theft = cost_of(parts["thefts"], measured["thefts"])
        self.contained = parts["thefts"]["row"]["contained"]
        self.login = of_a_day(*self.logins, submissions_a_day() * LOGINS.value)
        self.message = of_a_day(*self.messages, submissions_a_day())
        self.submission = self.message + self.login * LOGINS.value
        counts = parts["counts"]["row"]
        self.count_rows = (1 + LOGINS.value) * COUNT_ROWS.value
        self.log_bytes_a_row = parts["counts"]["servers"]["postgresql_wal_bytes"] / counts_written(parts)
        self.disk_bytes_a_row = parts["counts"]["servers"]["postgresql_disk_bytes"] / counts_written(parts)
        self.rows_a_second = counts["rows_a_second"]
        self.rows_of_all = counts["rows_a_second_of_all_nodes"]
        self.record_bytes, self.trait_bytes, self.traits = sizes_of_account(measured)
        self.account_bytes = self.record_bytes + self.trait_bytes

    def rows_over_a_network(self):
        """A statement waits for the one before, and all nodes take turns."""
        return 1 / (1 / self.rows_of_all + DISTANCE_MS.value / 1000 / ROWS_A_STATEMENT)

    def node_goes_to(self, nodes):
        return nodes * NODE_CORES.value * USABLE.value * 1e6 / self.submission.node_us

    def redis_goes_to(self, masters):
        return masters * USABLE.value * 1e6 / self.submission.redis_us

    def memory_goes_to(self, masters):
        return masters * MASTER_GIB.value * 2**30 / (self.account_bytes * ACCOUNTS_A_SUBMISSION)

    def hot_network_goes_to(self):
        """A network's counters are one key, of one master: a round trip for each step of a message."""
        steps = self.message.decisions - 1 + LOGINS.value  # not the delivery
        us = steps * HOT_SHARE.value * self.submission.redis_us / self.submission.round_trips
        return USABLE.value * 1e6 / us

    def ledger_goes_to(self):
        return self.rows_over_a_network() * USABLE.value / self.count_rows

    def nodes_for(self, rate):
        return math.ceil(rate / self.node_goes_to(1))

    def masters_for(self, rate):
        return max(math.ceil(rate / self.redis_goes_to(1)), math.ceil(rate / self.memory_goes_to(1)))

    def incidents_a_second(self, rate):
        return rate * ACCOUNTS_A_SUBMISSION * INCIDENTS.value / SECONDS_A_MONTH

    def count_gib(self, rate):
        """Of the hourly counts, by the mean rate: who does something twice within the hour is one row."""
        return self.new_rows_a_day(rate) * KEPT_DAYS.value * self.disk_bytes_a_row / 2**30

    def new_rows_a_day(self, rate):
        new = self.message.rows_inserted + self.login.rows_inserted * LOGINS.value
        return rate / BUSIEST.value * 86_400 * min(new, self.count_rows)


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def short(value):
    """Three digits are enough of what is extrapolated."""
    if value == 0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(value)))
    return f"{round(value, digits):,.{max(0, digits)}f}"


def measured_table(model, measured):
    units = (("the first login of a day", model.logins[0]), ("a later one", model.logins[1]),
             ("the first message", model.messages[0]), ("a later one", model.messages[1]), (f"a take-over ({measured['thefts']}, of which "
             f"{model.contained} were contained)", model.theft))
    figures = (("decisions", "decisions"), ("CPU of nodes, us", "node_us"), ("CPU of Redis, us", "redis_us"),
               ("Redis operations", "operations"), ("round trips to Redis", "round_trips"),
               ("bytes to and from Redis", "redis_bytes"), ("rows in PostgreSQL", "rows"),
               ("bytes of PostgreSQL's log", "log_bytes"), ("CPU of PostgreSQL, us", "ledger_us"))
    rows = [[name, *(short(getattr(cost, field)) for _, cost in units)] for name, field in figures]
    return "\n\n".join((
        f"{measured['machine']}; {measured['accounts']:,} accounts after {measured['past_days']} days, two nodes, one Redis, one "
        "PostgreSQL, all on that machine.",
        table(["measured", *(name for name, _ in units)], rows),
        f"A record takes {short(model.record_bytes)} bytes of Redis with its key, the traits of an account (places and clients "
        f"it is used from) {short(model.trait_bytes)} bytes in {short(model.traits)} keys once they are {TRAIT_DAYS.value:g} days "
        f"old. Hourly counts are written at {short(model.rows_a_second)} rows a second by one node, {short(model.rows_of_all)} by "
        f"two at once; a row is {short(model.log_bytes_a_row)} bytes of log and {short(model.disk_bytes_a_row)} of tables."))


def assumption_list():
    return "\n".join(f"* {assumption.value:g} {assumption.says}" for assumption in ASSUMPTIONS)


def load_table(model):
    def row(rate):
        cost = model.submission
        return [f"{rate:,}", f"{rate * ACCOUNTS_A_SUBMISSION / 1e6:g} M", short(rate * cost.decisions),
                short(rate * cost.node_us / 1e6), short(rate * cost.operations), short(rate * cost.redis_us / 1e6),
                short(rate * cost.redis_bytes / 1e6), short(rate * ACCOUNTS_A_SUBMISSION * model.account_bytes / 2**30),
                short(rate * model.count_rows), short(rate * model.count_rows * model.log_bytes_a_row / 1e6), short(model.incidents_a_second(rate))]
    head = ["submissions/s", "accounts", "decisions/s", "cores of nodes", "Redis operations/s", "cores of Redis", "MB/s to Redis",
            "GiB in Redis", "ledger rows/s", "MB/s of its log", "incidents/s"]
    return table(head, map(row, STEPS))


def arrangements(model):
    """Name, nodes and masters of what a site grows through."""
    return (("one node, one Redis, one PostgreSQL", 1, 1), ("four nodes, one Redis, one PostgreSQL", 4, 1),
            ("eight nodes, a cluster of three", 8, 3),
            (f"{model.nodes_for(TARGET)} nodes, a cluster of {model.masters_for(TARGET)}", model.nodes_for(TARGET),
             model.masters_for(TARGET)))


def limit_table(model):
    rows = []
    for name, nodes, masters in arrangements(model):
        limits = {"the nodes' cores": model.node_goes_to(nodes), "Redis's cores": model.redis_goes_to(masters),
                  "Redis's memory": model.memory_goes_to(masters), "the webmail's network": model.hot_network_goes_to(),
                  "the ledger's rows": model.ledger_goes_to()}
        first, second = sorted(limits, key=limits.get)[:2]
        rows.append([name, *(short(limit) for limit in limits.values()), f"{first}, then {second}"])
    return table(["up to how many submissions/s", "nodes' cores", "Redis's cores", "Redis's memory", "webmail's network",
                  "ledger's rows", "first at its end"], rows)


def target_text(model):
    cost, rate = model.submission, TARGET
    nodes, masters = model.nodes_for(rate), model.masters_for(rate)
    lines = (
        f"an account: {short(submissions_a_day())} submissions a day, the first of which costs more",
        f"decisions: {rate:,} x ({short(model.message.decisions)} a message + {LOGINS.value:g} logins) = "
        f"{short(rate * cost.decisions)}/s",
        f"nodes: {rate:,} x {short(cost.node_us)} us = {short(rate * cost.node_us / 1e6)} cores; / ({NODE_CORES.value:g} x "
        f"{USABLE.value:g}) = {nodes}",
        f"Redis, cores: {rate:,} x {short(cost.redis_us)} us = {short(rate * cost.redis_us / 1e6)}; / {USABLE.value:g} = "
        f"{math.ceil(rate / model.redis_goes_to(1))} masters",
        f"Redis, memory: {rate * ACCOUNTS_A_SUBMISSION:,} x {short(model.account_bytes)} bytes = "
        f"{short(rate * ACCOUNTS_A_SUBMISSION * model.account_bytes / 2**30)} GiB; / {MASTER_GIB.value:g} GiB = "
        f"{math.ceil(rate / model.memory_goes_to(1))} masters; so {masters} masters",
        f"network to Redis: {rate:,} x {short(cost.redis_bytes)} bytes = {short(rate * cost.redis_bytes * 8 / 1e9)} Gbit/s, "
        f"{short(rate * cost.redis_bytes * 8 / 1e6 / nodes)} Mbit/s a node, {short(rate * cost.redis_bytes * 8 / 1e6 / masters)} "
        "a master",
        f"webmail's network: its one key would do {short(model.hot_network_goes_to())} submissions/s of all, "
        f"{rate / model.hot_network_goes_to():.1f} times less than asked for" if model.hot_network_goes_to() < rate else
        f"webmail's network: its one key would do {short(model.hot_network_goes_to())} submissions/s of all: enough",
        f"ledger, hourly counts: {rate:,} x {model.count_rows:g} = {short(rate * model.count_rows)} rows/s; it takes "
        f"{short(model.rows_over_a_network())} (1 / (1 / {short(model.rows_of_all)} + {DISTANCE_MS.value:g} ms / "
        f"{ROWS_A_STATEMENT})), {rate * model.count_rows / model.rows_over_a_network():.0f} times less",
        f"ledger, what a change of standing waits for at most: a batch of 1,000 rows of each other node, {nodes} x 1,000 / "
        f"{short(model.rows_over_a_network())} = {short(nodes * 1000 / model.rows_over_a_network())} s",
        f"ledger, incidents: {short(model.incidents_a_second(rate))}/s x {short(model.theft.rows)} rows = "
        f"{short(model.incidents_a_second(rate) * model.theft.rows)} rows/s",
        f"ledger, room: {short(model.new_rows_a_day(rate) / 1e9)} thousand million new rows a day, "
        f"{short(model.count_gib(rate) / 1024)} TiB in {KEPT_DAYS.value:g} days")
    return "\n".join(f"* {line}" for line in lines)


def parts_of(model, measured):
    return {"measured": measured_table(model, measured), "assumed": assumption_list(), "load": load_table(model),
            "limits": limit_table(model), "target": target_text(model)}


def write_page(page, parts):
    """Each part stands between its own marks; whatever is around is written by hand."""
    for name, text in parts.items():
        begin, end = f"<!-- {name}: bench/scale.py -->\n", f"<!-- end of {name} -->"
        before, found, rest = page.partition(begin)
        _, found_end, after = rest.partition(end)
        if not found or not found_end:
            sys.exit(f"scale: {PAGE.name} has no place for {name}")
        page = f"{before}{begin}\n{text}\n\n{end}{after}"
    return page


def main():
    if not MEASURED.exists():
        sys.exit("scale: nothing was measured; run bench/run --only nodes")
    measured = json.loads(MEASURED.read_text(encoding="utf-8"))
    parts = parts_of(Model(measured), measured)
    PAGE.write_text(write_page(PAGE.read_text(encoding="utf-8"), parts), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
