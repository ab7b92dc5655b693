"""Turns what the servers said into demo/month and looks whether it is what it claims to be."""

import gzip
import json
import re
import subprocess
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

from recorder import geography
from recorder.clock import WARSAW, warsaw

_PLACES = re.compile(r"/(?:work|tmp|var/tmp|srv|root|home)/")


def write_compressed(target: Path, lines: list[str], last: float) -> None:
    """The time in the gzip header is the last line's, as it is after a real rotation."""
    data = "".join(line + "\n" for line in lines).encode()
    with target.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=last) as packed:
        packed.write(data)


def rotate_weekly(target: Path, lines: list[tuple[float, str]], first: date, last: date) -> None:
    """mail.log.5.gz is the oldest week, mail.log.1.gz the newest; a week starts on Monday."""
    mondays = [first + timedelta(days=n) for n in range(0, (last - first).days + 1, 7)]
    starts = [warsaw(d.year, d.month, d.day) for d in mondays] + [float("inf")]
    for number, (start, end) in enumerate(zip(starts, starts[1:])):
        week = [line for line in lines if start <= line[0] < end]
        write_compressed(target / f"mail.log.{len(mondays) - number}.gz", [text for _, text in week], week[-1][0])


def copy_exim_logs(target: Path, source: Path) -> dict[str, list[str]]:
    texts = {}
    for name in ("mainlog", "rejectlog"):
        log = source / name
        lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
        if lines:
            stamps = [line[:19] for line in lines if re.match(r"\d{4}-\d\d-\d\d ", line)]
            last = datetime.fromisoformat(stamps[-1]).replace(tzinfo=WARSAW).timestamp()
            write_compressed(target / f"exim_{name}.gz", lines, last)
        texts[name] = lines
    return texts


def write_records(target: Path, records: list[dict]) -> None:
    target.write_text("".join(json.dumps(record) + "\n" for record in records))


def write_geography(target: Path) -> None:
    script = Path(__file__).parent / "make_geo.pl"
    subprocess.run(["perl", str(script), str(target)], input=geography.table(), text=True, check=True)


def count(mail_log: list[str], exim: dict[str, list[str]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for line in mail_log:
        counts["lines of " + ("Postfix" if " postfix/" in line else "Dovecot")] += 1
        counts["authenticated submissions to Postfix"] += ", sasl_username=" in line and ": client=" in line
        counts["SASL failures at Postfix"] += "authentication failed" in line
        counts["IMAP and POP3 logins"] += "-login: Login: " in line
        counts["IMAP and POP3 login failures"] += "(auth failed, " in line
        for outcome in ("sent", "deferred", "bounced"):
            counts[f"recipients {outcome} by Postfix"] += f", status={outcome} " in line
    for line in exim["mainlog"]:
        counts["lines of Exim's main log"] += 1
        counts["authenticated submissions to Exim"] += " <= " in line and " A=" in line
        counts["SASL failures at Exim"] += " authenticator failed for " in line
        counts["recipients sent by Exim"] += " => " in line or " -> " in line
        counts["recipients bounced by Exim"] += " ** " in line
        counts["recipients deferred by Exim"] += " == " in line
    counts["lines of Exim's reject log"] = len(exim["rejectlog"])
    return counts


def complaints(mail_log: list[str], exim: dict[str, list[str]], truth: list[dict]) -> list[str]:
    """What is wrong with the recording; empty when nothing is."""
    everything = mail_log + exim["mainlog"] + exim["rejectlog"]
    found = [f"a path of this machine: {line}" for line in everything if _PLACES.search(line)][:5]
    for theft in truth:
        own = exim["mainlog"] if theft["server"] == "exim" else mail_log
        if not any(theft["first_queue_id"] in line for line in own):
            found.append(f"no line of {theft['account']}'s first stolen message")
    if len(truth) != 6:
        found.append(f"{len(truth)} take-overs instead of 6")
    second_hour = [line for line in mail_log if line.startswith("Oct 25 02:")]
    minutes = [int(line[10:12]) for line in second_hour]
    if not any(later < earlier for earlier, later in zip(minutes, minutes[1:])):
        found.append("2 o'clock of 25 October does not come twice")
    return found
