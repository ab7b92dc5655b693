"""Building the lab and running its worlds, as many at a time as there are cores."""
import json
import os
import re
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build" / "release"
WEIGHTS = ROOT / "src" / "judge" / "weights.cc"
DATA = ROOT / "build" / "quality"
TARGETS = ["postreeve-lab", "lab_geography"]


def cpu_seconds():
    """Of all programs that were run and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def say(text):
    print(f"quality: {text}", file=sys.stderr, flush=True)


class Workshop:
    def __init__(self, folder, keep=False):
        self.folder = folder
        self.keep = keep
        self.program = BUILD / "lab" / "postreeve-lab"
        self.built = None  # revision

    def build(self):
        say("building the lab")
        self.built = self.revision()  # now: the tree may change while the worlds are lived
        for command in (["cmake", "--preset", "release", "-DPOSTREEVE_LAB=ON"],
                        ["cmake", "--build", BUILD, "-j", str(os.cpu_count()), "--target", *TARGETS]):
            done = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode != 0:
                sys.exit(f"{done.stdout}\nquality: the build failed")

    def names(self, kind):
        """What `postreeve-lab list` has of a kind: name -> the rest of the line."""
        listed = subprocess.run([self.program, "list"], check=True, text=True, stdout=subprocess.PIPE).stdout
        rows = [line.split(maxsplit=2) for line in listed.splitlines()]
        return {row[1]: (row[2] if len(row) > 2 else "") for row in rows if row[0] == kind}

    def score(self, world, file):
        """The sheet of one world. A world that fails ends the run: half a figure is none."""
        if not (self.keep and file.exists()):
            command = [self.program, "score", "-o", "json", *world]
            done = subprocess.run(command, stdout=subprocess.PIPE)
            if done.returncode != 0:
                sys.exit(f"quality: {' '.join(map(str, command))} ended with {done.returncode}")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(done.stdout)
        return json.loads(file.read_bytes())

    @staticmethod
    def fit_command():
        """The words after `postreeve-lab` that made the shipped weights; None when they were written by hand."""
        first = WEIGHTS.read_text(encoding="utf-8").split("\n", 1)[0]
        made = re.match(r"// Written by `postreeve-lab (fit [^`]*)`", first)
        return made.group(1).split() if made else None

    def fit(self, folds, worlds):
        """Weights fitted on so many worlds, each without the families of a fold: files."""
        command = self.fit_command()
        command[command.index("--worlds") + 1] = str(worlds)

        def one(fold):
            file = self.folder / f"weights of {worlds} worlds without {', '.join(fold) or 'nothing'}.cc"
            if self.keep and file.exists():
                return file
            without = [word for family in fold for word in ("--without-family", family)]
            self.folder.mkdir(parents=True, exist_ok=True)
            done = subprocess.run([self.program, *command, *without, "--weights", file], text=True,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            if done.returncode != 0:
                sys.exit(f"{done.stderr}\nquality: the fit failed")
            say(f"fitted without {', '.join(fold) or 'nothing'}")
            return file
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(one, folds))

    def run(self, populations):
        """name -> sheets of its worlds."""
        jobs = [(name, n, world) for name, worlds in populations.items() for n, world in enumerate(worlds)]
        sheets = {name: [None] * len(worlds) for name, worlds in populations.items()}
        start = time.monotonic()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            running = {pool.submit(self.score, world, self.folder / name / f"{n}.json"): (name, n)
                       for name, n, world in jobs}
            for done, future in enumerate(as_completed(running), 1):
                name, n = running[future]
                sheets[name][n] = future.result()
                if done % 10 == 0 or done == len(jobs):
                    say(f"{done} of {len(jobs)} worlds, {time.monotonic() - start:.0f} s, {cpu_seconds():.0f} s of CPU")
        return sheets

    def note_run(self, minutes):
        """Remembers beside the sheets when and of what they were made, for pages written from them later."""
        facts = {"when": time.strftime("%Y-%m-%d"), "revision": self.built, "machine": self.machine(),
                 "minutes": round(minutes), "cpu_minutes": round(cpu_seconds() / 60)}
        (self.folder / "run.json").write_text(json.dumps(facts), encoding="utf-8")

    def run_facts(self):
        return json.loads((self.folder / "run.json").read_text(encoding="utf-8"))

    @staticmethod
    def machine():
        model = "unknown processor"
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
        return f"{os.cpu_count()} cores, {model}"

    @staticmethod
    def revision():
        described = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return described.stdout.strip() or "unknown"
