#!/usr/bin/env python3
"""Records demo/month: the logs of a small hoster's month, from real Postfix, Dovecot and Exim.

Run as root on Debian 12 with the packages of dependencies.txt:

    demo/record_month.py --exim FOLDER [--output demo/month] [--seed 2026] [--share 1.0]

FOLDER is where the Exim packages were unpacked (demo/month/README.md says how).
Everything runs in a private namespace in memory; nothing is left behind but the
output. The plan depends on the seed alone; queue ids, process numbers and the
order of lines within a second are the servers' own and differ from run to run.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from recorder import harvest, namespace, servers  # noqa: E402
from recorder.actions import Action, Guess, Inbound  # noqa: E402
from recorder.attacks import Attacks  # noqa: E402
from recorder.clock import Clock, warsaw  # noqa: E402
from recorder.driver import Driver  # noqa: E402
from recorder.geography import BACKUP_SERVER, MX1_V4, MX1_V6, MX2_V4, SHOP_SERVER, host_line  # noqa: E402
from recorder.machines import Background, Machines  # noqa: E402
from recorder.office_days import FIRST_DAY, LAST_DAY, OfficeDays  # noqa: E402
from recorder.people import Person, everybody  # noqa: E402
from recorder.readme import write_readme  # noqa: E402
from recorder.syslog import SyslogReceiver  # noqa: E402
from recorder.world import World  # noqa: E402

HERE = Path(__file__).resolve().parent


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Records the demo month.")
    parser.add_argument("--exim", type=Path, required=True, help="folder with the unpacked Exim packages")
    parser.add_argument("--output", type=Path, default=HERE / "month")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--share", type=float, default=1.0, help="share of the honest actions, for a quick try")
    return parser.parse_args()


def missing(exim: Path) -> list[str]:
    """What stands in the way of a recording, in words."""
    found = [] if os.geteuid() == 0 else ["root rights (for the private namespace and Postfix)"]
    for program, package in (("unshare", "util-linux"), ("ip", "iproute2"), ("postfix", "postfix"),
                             ("dovecot", "dovecot-core"), ("openssl", "openssl"), ("perl", "perl")):
        if not shutil.which(program):
            found.append(f"{program} (package {package})")
    for path, package in ((servers.FAKETIME, "faketime"), ("/usr/lib/dovecot/imap", "dovecot-imapd"),
                          ("/usr/lib/dovecot/pop3", "dovecot-pop3d"), ("/usr/lib/dovecot/lmtp", "dovecot-lmtpd")):
        if not Path(path).exists():
            found.append(f"{path} (package {package})")
    writer = subprocess.run(["perl", "-MMaxMind::DB::Writer::Tree", "-e", "1"], capture_output=True)
    if writer.returncode != 0:
        found.append("MaxMind::DB::Writer (package libmaxmind-db-writer-perl)")
    if not (exim / "usr/sbin/exim4").exists():
        found.append(f"{exim}/usr/sbin/exim4 (package exim4-daemon-heavy, unpacked)")
    return found


def plan(seed: int, share: float) -> tuple[World, dict[str, Person], list[Action]]:
    world, rng = World(), random.Random(seed)
    people = everybody(world, rng)
    days, machines = OfficeDays(world, random.Random(seed + 1)), Machines(world, random.Random(seed + 2))
    actions: list[Action] = []
    for person in people.values():
        machine_made = machines.month_of(person)
        actions += machine_made or days.month_of(person)
        if person.persona == "mail merge":
            actions += days.month_of(person)
    actions += Background(list(people), world, random.Random(seed + 3)).month()
    sample = random.Random(seed + 4)
    actions = [action for action in actions if sample.random() < share]
    actions += Attacks(people, world, random.Random(seed + 5)).month()
    return world, people, actions


def client_addresses(actions: list[Action]) -> set[str]:
    found = set()
    for action in actions:
        if isinstance(action, Guess):
            found.update(attempt.client.address for attempt in action.attempts)
        elif not isinstance(action, Inbound) and hasattr(action, "client"):
            found.add(action.client.address)
    return found


def record(options: argparse.Namespace) -> int:
    world, people, actions = plan(options.seed, options.share)
    names = [f"{MX1_V4} mx1.hosting.example", f"{MX1_V6} mx1.hosting.example", f"{MX2_V4} mx2.hosting.example",
             f"{SHOP_SERVER} shop.hosting.example", f"{BACKUP_SERVER} backup1.hosting.example"]
    names += world.host_lines() + list(filter(None, map(host_line, sorted(client_addresses(actions)))))
    namespace.furnish("mx1", names, options.exim.resolve())

    passwords = {account: f"Pw-{number}-{options.seed}" for number, account in enumerate(people)}
    clock = Clock(servers.OFFSET_FILE, warsaw(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day))
    syslog = SyslogReceiver("/dev/log", "mx1", clock)
    syslog.start()
    hosts = servers.Servers(passwords, world.exchangers)
    hosts.configure()
    world.serve()
    hosts.start()
    exim = servers.EximLog()
    exim.start()
    driver = Driver(clock, hosts, syslog, exim, passwords)
    try:
        driver.play(actions)
        versions = hosts.versions()
    finally:
        hosts.stop()
    return save(options, people, driver, syslog, versions)


def save(options: argparse.Namespace, people: dict[str, Person], driver: Driver, syslog: SyslogReceiver,
         versions: list[str]) -> int:
    output = options.output.resolve()
    output.mkdir(parents=True, exist_ok=True)
    lines = sorted(syslog.lines, key=lambda line: line[0])
    harvest.rotate_weekly(output, lines, FIRST_DAY, LAST_DAY)
    exim_logs = harvest.copy_exim_logs(output, servers.EXIM_LOG.parent)
    truth = sorted(driver.stolen.values(), key=lambda theft: theft["first_time"])
    harvest.write_records(output / "truth.jsonl", truth)
    harvest.write_records(output / "people.jsonl",
                          [{"account": p.account, "persona": p.persona} for p in people.values()])
    harvest.write_geography(output / "geo.mmdb")
    texts = [text for _, text in lines]
    counts = harvest.count(texts, exim_logs)
    counts["honest messages"] = driver.honest_messages
    write_readme(output / "README.md", versions, counts, truth, syslog.left_out)
    problems = harvest.complaints(texts, exim_logs, truth) + driver.failures[:10]
    for name, number in sorted(counts.items()):
        print(f"{number:8} {name}")
    for problem in problems:
        print("problem:", problem, file=sys.stderr)
    return 1 if problems else 0


def main() -> int:
    options = arguments()
    if obstacles := missing(options.exim):
        print("This machine cannot record; missing:\n  " + "\n  ".join(obstacles), file=sys.stderr)
        return 69
    if not namespace.inside():
        namespace.enter(str(HERE / "record_month.py"), sys.argv[1:])
    return record(options)


if __name__ == "__main__":
    sys.exit(main())
