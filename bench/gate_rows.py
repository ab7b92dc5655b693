"""The gates, each beside an echo server that does no work, and the policy gate beside Debian's policy services."""
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from table import per_second
from workshop import BUILD

LEAST_OF_ECHO = 0.7  # at 8 connections
MOST_CPU_US = 8
MOST_P99_US = 1000  # at half load
MOST_IDLE_BYTES = 50 * 2**20  # of 1,000 connections


def run_bench(*options):
    command = [str(BUILD / "bench" / "gate_bench"), *map(str, options)]
    result = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if result.returncode != 0:
        sys.exit("bench: gate_bench failed")
    return [json.loads(line) for line in result.stdout.splitlines()]


def measure_gate(workshop, table):
    rows = run_bench("--rounds", workshop.rounds)
    idle = rows.pop()
    measure_others(rows, table)
    table.section("Policy gate, one server thread, beside an echo server of the same build")
    for connections in (1, 8, 64):
        def median(server, load, field, connections=connections):
            return statistics.median(row[field] for row in rows if (row["server"], row["load"], row["connections"])
                                     == (server, load, connections))
        add_full(table, connections, median)
        add_half(table, connections, median)
    add_served(rows, table)
    table.add("1,000 idle connections", f"{idle['bytes'] / 2**20:.1f} MiB", "", "< 50 MiB",
              idle["bytes"] < MOST_IDLE_BYTES)
    measure_neighbours(workshop, table, statistics.median(
        row["per_second"] for row in rows if row["server"] == "policy" and row["connections"] == 8
        and row["load"] == "full"))


def measure_others(rows, table):
    """Milter (MAIL, RCPT and the rest: about three questions a message) and auth policy (allow and report a login)."""
    table.section("Milter and auth policy gate, 8 connections, one server thread, each beside an echo server of its protocol")
    for gate, what in (("milter", "milter questions"), ("auth", "auth policy requests")):
        def median(server, load, field):
            return statistics.median(row[field] for row in rows if (row["server"], row["load"]) == (server, load))
        echo = f"{gate} echo"
        mine, other = median(gate, "full", "per_second"), median(echo, "full", "per_second")
        table.add(what, per_second(mine), f"echo {per_second(other)}", f"{mine / other:.2f} x")
        table.add("  CPU a question", f"{median(gate, 'full', 'cpu_us'):.2f} us", f"echo {median(echo, 'full', 'cpu_us'):.2f} us")
        for load in ("full", "half"):
            table.add(f"  at {load} load: p50, p99, p99.9",
                      " ".join(f"{median(gate, load, f):.0f}" for f in ("p50_us", "p99_us", "p999_us")) + " us",
                      "echo " + " ".join(f"{median(echo, load, f):.0f}" for f in ("p50_us", "p99_us", "p999_us")))


def add_full(table, connections, median):
    mine, echo = median("policy", "full", "per_second"), median("echo", "full", "per_second")
    is_target = connections == 8
    table.add(f"decisions, {connections} connections", per_second(mine), f"echo {per_second(echo)}",
              f"{mine / echo:.2f} x" + (f", >= {LEAST_OF_ECHO} x" if is_target else ""),
              mine / echo >= LEAST_OF_ECHO if is_target else None)
    cpu, echo_cpu = median("policy", "full", "cpu_us"), median("echo", "full", "cpu_us")
    table.add("  CPU a decision", f"{cpu:.2f} us", f"echo {echo_cpu:.2f} us",
              f"<= {MOST_CPU_US} us" if is_target else "", cpu <= MOST_CPU_US if is_target else None)
    table.add("  p50, p99, p99.9", " ".join(f"{median('policy', 'full', f):.0f}" for f in ("p50_us", "p99_us", "p999_us"))
              + " us", "echo " + " ".join(f"{median('echo', 'full', f):.0f}" for f in ("p50_us", "p99_us", "p999_us")))


def add_half(table, connections, median):
    p99 = median("policy", "half", "p99_us")
    is_target = connections == 8
    table.add("  at half load: p50, p99, p99.9",
              " ".join(f"{median('policy', 'half', f):.0f}" for f in ("p50_us", "p99_us", "p999_us")) + " us",
              f"echo p99 {median('echo', 'half', 'p99_us'):.0f} us", f"p99 < {MOST_P99_US / 1000:g} ms" if is_target else "",
              p99 < MOST_P99_US if is_target else None)


def add_served(rows, table):
    """Behind the gate a node as `serve` puts it together, with SQLite and what keeps counts and clues."""
    def median(load, field):
        return statistics.median(row[field] for row in rows if (row["server"], row["load"]) == ("served", load))
    table.add("as `serve` runs it, 8 connections", per_second(median("full", "per_second")),
              f"CPU a decision {median('full', 'cpu_us'):.2f} us")
    for load in ("full", "half"):
        table.add(f"  at {load} load: p50, p99, p99.9",
                  " ".join(f"{median(load, f):.0f}" for f in ("p50_us", "p99_us", "p999_us")) + " us")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(command, port, pid_file):
    """Both daemons leave their number in a file; the second stays in front."""
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        os.kill(int(pid_file.read_text(encoding="ascii")), signal.SIGTERM)
        process.wait()


def postfwd(folder, port):
    rules = folder / "postfwd.cf"
    rules.write_text("id=RATE; sasl_username=~/./; action=rate(sasl_username/100000/3600/450 4.7.1 too much)\n")
    program = shutil.which("postfwd")
    return program and [program, "--file", rules, "--interface", "127.0.0.1", "--port", port, "--daemon", "--user", "nobody",
                        "--group", "nogroup", "--pid_file", folder / "pid"]


def policyd_rate_limit(folder, port):
    settings = folder / "policyd-rate-limit.yaml"
    settings.write_text("debug: false\nuser: root\ngroup: root\npidfile: " + str(folder / "pid") + "\nbackend: 0\n"
                        f"sqlite_config: {{database: {folder / 'db.sqlite3'}}}\nlimits: [[100000, 3600]]\n"
                        f'SOCKET: ["127.0.0.1", {port}]\nlimit_by_sasl: true\nlimit_by_sender: false\n'
                        "limit_by_ip: false\nreport: false\nfail_action: dunno\nsuccess_action: dunno\n")
    program = shutil.which("policyd-rate-limit")
    return program and [program, "--file", settings]


def measure_neighbours(workshop, table, mine):
    for name, make in (("postfwd", postfwd), ("policyd-rate-limit", policyd_rate_limit)):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o777)  # they give up root
            port = free_port()
            command = make(Path(folder), port)
            if not command:
                table.add(name, "not installed")
                continue
            with serving(command, port, Path(folder) / "pid"):
                row = run_bench("--port", port, "--connections", 8, "--requests", 1000 if workshop.quick else 5000)[0]
            table.add(f"{name}, 8 connections", per_second(row["per_second"]), f"Postreeve {per_second(mine)}",
                      f"{mine / row['per_second']:.0f} x")
