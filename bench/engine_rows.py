"""What a decision, a record and a line cost, from the Google Benchmark programs."""
from table import nanoseconds

MOST_OBSERVE_NS = 1500
MOST_HEAD_BYTES = 640
MOST_MEDIAN_BYTES = 1024
MOST_MILLION_BYTES = 2 * 2**30
FLAT = 2.0  # a decision about one of a million may cost so many times that about one of a thousand
KINDS = ("login", "recipient", "new_recipient", "message", "delivery")
WITHOUT_ALLOCATION = ("login", "recipient")
MOST_ALLOCATIONS = 0.001  # a record that grows now and then


def title(name):
    parts = [part for part in name.split("/") if not part.startswith(("observe", "iterations", "manual_time"))]
    words = {"geo": "geography", "one_hot": "all of one account, a message a second", "limits:3": "3 limits"}
    return ", ".join(words.get(part, f"{int(part[9:]):,} accounts" if part.startswith("accounts:") else part)
                     for part in parts)


def measure_engine(workshop, table):
    options = ["--benchmark_filter=-accounts:20000/"]
    if workshop.quick:
        options = ["--benchmark_filter=accounts:(1000|20000)/(geo|one_hot)"]
    benchmarks = workshop.google_benchmark("engine_bench", options)
    for benchmark in benchmarks:
        add_observe(table, benchmark)
    add_flatness(table, benchmarks)
    add_records(table, benchmarks)


def add_observe(table, benchmark):
    table.section(f"observe, CPU time of one: {title(benchmark['name'])}")
    for kind in KINDS:
        median = benchmark[f"{kind}_ns"]
        beside = (f"mean {benchmark[f'{kind}_mean_ns']:,.0f}, batches p95 {benchmark[f'{kind}_p95_ns']:,.0f}, "
                  f"single p50 {benchmark[f'{kind}_event_p50_ns']:,.0f} p99 {benchmark[f'{kind}_event_p99_ns']:,.0f}")
        table.add(kind.replace("_", " "), nanoseconds(median), beside, f"<= {MOST_OBSERVE_NS:,} ns",
                  median <= MOST_OBSERVE_NS)
    for kind in KINDS:
        count = benchmark[f"{kind}_allocations"]
        if kind in WITHOUT_ALLOCATION:
            table.add(f"allocations, {kind}", f"{count:.5f}", "", f"< {MOST_ALLOCATIONS}", count < MOST_ALLOCATIONS)
        elif count > 0:
            table.add(f"allocations, {kind.replace('_', ' ')}", f"{count:.5f}")
    accepted = min(benchmark[f"{kind}_accepted"] for kind in KINDS)
    table.add("accepted, least of the kinds", f"{100 * accepted:.1f} %")


def add_flatness(table, benchmarks):
    by_size = {title(b["name"]).replace(", geography", ""): b for b in benchmarks if "/geo" in b["name"]}
    few = by_size["1,000 accounts"]
    many = list(by_size.items())[-1]
    table.section("Flat: the cost by the number of accounts, with geography")
    for kind in ("recipient", "message"):
        ratio = many[1][f"{kind}_ns"] / few[f"{kind}_ns"]
        table.add(kind, f"{many[1][f'{kind}_ns']:,.0f} ns, {many[0]}", f"{few[f'{kind}_ns']:,.0f} ns, 1,000 accounts",
                  f"{ratio:.2f} x, <= {FLAT:g} x", ratio <= FLAT)
    hot = next(b for b in benchmarks if "/one_hot" in b["name"])
    cold = next((b for b in benchmarks if b["name"].startswith("observe/accounts:1000/iterations")), few)
    ratio = hot["recipient_ns"] / cold["recipient_ns"]
    table.add("recipient, one hot account", nanoseconds(hot["recipient_ns"]),
              f"{cold['recipient_ns']:,.0f} ns, 1,000 accounts", f"{ratio:.2f} x, <= {FLAT:g} x", ratio <= FLAT)


def add_records(table, benchmarks):
    table.section("Bytes of record an account after a month")
    head = benchmarks[0]["head_bytes"]
    table.add("fixed head", f"{head:,.0f}", "", f"<= {MOST_HEAD_BYTES}", head <= MOST_HEAD_BYTES)
    for benchmark in benchmarks:
        if "/one_hot" in benchmark["name"] or "/limits" in benchmark["name"]:
            continue
        name = title(benchmark["name"])
        median = benchmark["record_median_bytes"]
        beside = (f"mean {benchmark['record_mean_bytes']:,.0f}, p95 {benchmark['record_p95_bytes']:,.0f}, "
                  f"{100 * benchmark['record_with_stranger']:.0f} % with a stranger about")
        table.add(name, f"median {median:,.0f}", beside, f"<= {MOST_MEDIAN_BYTES:,}", median <= MOST_MEDIAN_BYTES)
        accounts = int(name.split(" ", 1)[0].replace(",", ""))
        if accounts < 100_000:
            continue
        million = benchmark["resident_bytes"] * 1e6
        table.add("  in memory with index and networks", f"{benchmark['resident_bytes']:,.0f}",
                  f"{million / 2**30:.2f} GiB a million", "<= 2 GiB a million", million <= MOST_MILLION_BYTES)


def measure_intake(workshop, table):
    options = ["--benchmark_repetitions=1", "--benchmark_min_time=0.1"]
    if not workshop.quick:
        options = ["--benchmark_repetitions=3", "--benchmark_report_aggregates_only=true"]
    table.section("Reading and sketches: CPU time of one")
    for benchmark in workshop.google_benchmark("intake_bench", options):
        if not workshop.quick and benchmark.get("aggregate_name") != "median":
            continue
        name = benchmark["run_name"].replace("_", " ")
        if "items_per_second" in benchmark:
            table.add(name, nanoseconds(1e9 / benchmark["items_per_second"]) + " a line",
                      f"{benchmark['bytes_per_second'] / 1e6:,.0f} MB/s")
        else:
            table.add(name.replace("/", ", "), f"{benchmark['cpu_time']:,.1f} ns")
