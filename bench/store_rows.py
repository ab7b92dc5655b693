"""What records on SQLite cost: start, pauses, memory, bytes."""
from table import nanoseconds

MOST_START_MS = 10_000
MOST_PAUSE_MS = 50
MOST_MILLION_BYTES = 2 * 2**30


def measure_store(workshop, table):
    accounts = "100000/" if workshop.quick else "1000000/"
    options = [f"--benchmark_filter=accounts:{accounts}|code_record"]
    for benchmark in workshop.google_benchmark("store_bench", options):
        if benchmark["name"].startswith("store/"):
            add_store(table, benchmark)
        else:
            table.section("A record as bytes: CPU time of one")
            beside = f"{benchmark['bytes']:,.0f} bytes" if "bytes" in benchmark else ""
            table.add(benchmark["name"].replace("_", " "), nanoseconds(benchmark["cpu_time"]), beside)


def add_store(table, benchmark):
    parts = dict(part.split(":") for part in benchmark["name"].split("/") if ":" in part)
    accounts = int(parts["accounts"])
    table.section(f"Records on SQLite, {accounts:,} accounts, 5,000 decisions/s, {int(parts['mib']):,} MiB of memory")
    start = benchmark["start_ms"]
    table.add("start", f"{start:,.0f} ms", "", f"<= {MOST_START_MS / 1000:g} s", start <= MOST_START_MS)
    pause = benchmark["pause_longest_ms"]
    beside = (f"p50 {1000 * benchmark['pause_p50_ms']:,.1f} us, p99 {benchmark['pause_p99_ms']:,.2f} ms, "
              f"p99.9 {benchmark['pause_p999_ms']:,.2f} ms")
    table.add("longest pause of a decision", f"{pause:,.1f} ms", beside, f"<= {MOST_PAUSE_MS} ms", pause <= MOST_PAUSE_MS)
    million = benchmark["memory_bytes"] / max(1, benchmark["resident"]) * 1e6
    table.add("memory of a resident record with its index", f"{million / 1e6:,.0f} bytes",
              f"the process grew by {benchmark['resident_bytes'] / 2**20:,.0f} MiB", "<= 2 GiB a million",
              million <= MOST_MILLION_BYTES)
    table.add("bytes of the file an account", f"{benchmark['file_bytes']:,.0f}")
    table.add("loaded, given up, written", f"{benchmark['loaded']:,.0f}",
              f"{benchmark['evicted']:,.0f}, {benchmark['written']:,.0f}")
    table.add("longest batch", f"{benchmark['longest_batch_ms']:,.0f} ms")
    table.add("stop", f"{benchmark['stop_ms']:,.0f} ms")
