"""Building, generated files, and running programs with a stopwatch."""
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "bench"
DATA = ROOT / "build" / "bench-data"
ACCOUNTS = 1000
DAYS = 125
QUICK_DAYS = 12
TARGETS = ["postreeve", "postreeve-queue", "make_history", "simdjson_pass", "engine_bench", "intake_bench", "store_bench",
           "nodes_bench", "gate_bench"]
COUNTRIES = ("AR AT AU BE BG BR CA CH CL CN CO CZ DE DK EE EG ES FI FR GB GR HK HR HU ID IE IL IN IS IT JP KE "
             "KR LT LU LV MA MX MY NG NL NO NZ PE PH PK PL PT RO RS RU SA SE SG SI SK TH TR TW UA US VN ZA AE").split()


@dataclass
class Run:
    wall: float  # seconds
    cpu: float  # seconds, user and system, all threads
    peak_bytes: int
    output: bytes


def stopwatch(command):
    """Runs a program to its end. Its errors end the benchmark: half a figure is none."""
    start = time.perf_counter()
    environment = dict(os.environ, LC_ALL="C")
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, env=environment) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"bench: {command[0]} ended with {process.returncode}")
    return Run(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, output)


class Workshop:
    def __init__(self, quick):
        self.quick = quick
        self.rounds = 1 if quick else 3
        name = "quick" if quick else "full"
        self.log = DATA / f"{name}.log"
        self.short_log = DATA / f"{name}-short.log"  # for peers that are slow
        self.trace = DATA / f"{name}.jsonl"
        self.geography = DATA / "geography.mmdb"
        self.postreeve = BUILD / "postreeve"
        self.simdjson_pass = BUILD / "bench" / "simdjson_pass"
        self.log_lines = self.short_lines = self.trace_lines = 0

    @staticmethod
    def build():
        for command in (["cmake", "--preset", "release", "-B", BUILD, "-DPOSTREEVE_BENCH=ON"],
                        ["cmake", "--build", BUILD, "-j", str(os.cpu_count()), "--target", *TARGETS]):
            done = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode != 0:
                sys.exit(f"{done.stdout}\nbench: the build failed")

    def make_data(self):
        DATA.mkdir(parents=True, exist_ok=True)
        days = QUICK_DAYS if self.quick else DAYS
        made = stopwatch([BUILD / "bench" / "make_history", ACCOUNTS, days, self.log, self.trace])
        self.log_lines, self.trace_lines = (int(number) for number in made.output.split())
        self.short_lines = min(self.log_lines, 50_000 if self.quick else 200_000)
        with open(self.log, "rb") as whole, open(self.short_log, "wb") as short:
            short.writelines(line for _, line in zip(range(self.short_lines), whole))
        if not self.geography.exists():
            self.make_geography()

    def make_geography(self):
        """Each /16 of 240.0.0.0/4 has a place; 64 in a row are one country, 4 one provider (lives.cc)."""
        rows = ["network\tcountry.iso_code:utf8_string\tlocation.latitude:double\tlocation.longitude:double\t"
                "location.accuracy_radius:uint16\tautonomous_system_number:uint32"]
        for i in range(4096):
            country = COUNTRIES[i // 64]
            latitude, longitude = -40 + 90 * (i // 64 * 29 % 64) / 64 + i % 8, -120 + 270 * (i // 64) / 64 + i // 8 % 8
            rows.append(f"{240 + i // 256}.{i % 256}.0.0/16\t{country}\t{latitude:.3f}\t{longitude:.3f}\t50\t{64512 + i // 4}")
        subprocess.run(["perl", ROOT / "tests" / "support" / "mmdb" / "write_mmdb.pl", self.geography],
                       input="\n".join(rows) + "\n", text=True, check=True)

    def google_benchmark(self, program, options):
        """The benchmarks of a program by name."""
        environment = dict(os.environ, POSTREEVE_BENCH_GEO=str(self.geography))
        result = subprocess.run([str(BUILD / "bench" / program), "--benchmark_format=json", *options], check=True,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
        benchmarks = json.loads(result.stdout)["benchmarks"]
        for benchmark in benchmarks:
            if benchmark.get("error_occurred"):
                sys.exit(f"bench: {benchmark['name']}: {benchmark['error_message']}")
        return benchmarks

    @staticmethod
    def machine():
        model = "unknown processor"
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
        load = os.getloadavg()[0]
        return f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {model}, load {load:.1f} at the end"
