"""Writes demo/month/README.md: what is in it, how it came about, how to record it again."""

from collections import Counter
from pathlib import Path

_TEXT = """# A month of a small hoster

Logs of 28 September to 31 October 2026 (Europe/Warsaw, with the end of summer time on 25 October), written by real servers: {versions}. People and thieves are played by `demo/record_month.py`; the hoster, its customers, and every address and network are made up. Addresses come from the ranges for documentation and benchmarking, network numbers from the private ones. This file is written by the recorder too.

| file | what |
|---|---|
| `mail.log.5.gz` ... `mail.log.1.gz` | /var/log/mail.log of mx1, Postfix and Dovecot, a week each, oldest first; RFC 3164, local time, **no year** (the gzip header carries the time of the last line) |
| `exim_mainlog.gz`, `exim_rejectlog.gz` | Exim on mx2, local time without zone: 02:00-02:59 of 25 October comes twice |
| `geo.mmdb` | country, position and AS number of every network of this world |
| `truth.jsonl` | the take-overs: account, family, first stolen message, number of messages and recipients |
| `people.jsonl` | who the accounts belong to |

## What is in it

{counts}

| stolen account | family | first stolen message (UTC) | queue id | messages | recipients |
|---|---|---|---|---|---|
{thefts}

The loud burst's first message is its credential test (HELO localhost, one recipient) of the evening before. `truth.jsonl` has one object a line: `account`, `family`, `server`, `first_time` and `last_time` (UTC), `first_queue_id`, `messages`, `recipients` (accepted from the thief, bounced or not) and the `countries` he came from. Tries before the first message (48 wrong passwords, a spraying of all accounts, reading the mailbox from abroad) are not counted in it.

Accounts of `warsztat.test` submit to Exim on mx2, all others to Postfix on mx1; all mailboxes are Dovecot's on mx1. mx2 hands mail for the tenants to mx1, so such a message has two queue ids.

## Record again

As root on Debian 12, some {minutes} minutes:

    apt-get install -y --no-install-recommends $(sed 's/#.*//; /unpacked/d' demo/dependencies.txt)
    mkdir exim && cd exim && apt-get download exim4-daemon-heavy exim4-base
    for package in *.deb; do dpkg -x $package root; done && cd ..
    demo/record_month.py --exim exim/root

(Answer "No configuration" when Postfix asks.) The recorder builds a private namespace: a network with only a loopback device that owns every address of this world, so that each client really connects from its own public address and each mail exchanger answers on its own; its own `/etc`, `/run`, `/dev/log`, spool and host name in memory; its own process numbers. libfaketime gives all servers in it one clock, which the driver puts forward from one action to the next. Nothing leaves the machine, nothing is left behind, no service of the host is touched.

The plan depends on `--seed` alone. Queue ids, session ids, process numbers and times within a second are the servers' own and differ from run to run; `truth.jsonl` is written from what the servers answered.

## What differs from a real host

* {left_out} lines were left out that only a clock makes that is put forward: Dovecot's "Time moved forwards by" and its like, Postfix's "file system clock is ... ahead" with "resetting file time stamps", and reports that something under way at that moment took too long (`is_artefact` in `demo/recorder/syslog.py` has the list).
* Sessions are short: nobody stays connected for hours, as the clock is put forward only between actions.
* No wrong password costs the guesser two seconds (`auth_failure_delay = 0`), and Postfix logs each message's Subject and EHLO name (`header_checks` with INFO), as many small hosters do.
"""


def write_readme(target: Path, versions: list[str], counts: Counter[str], truth: list[dict], left_out: int) -> None:
    count_lines = "\n".join(f"* {number:,} {name}" for name, number in sorted(counts.items()))
    thefts = "\n".join("| {account} | {family} | {first_time} | {first_queue_id} | {messages} | {recipients} |".format(**theft)
                       for theft in truth)
    target.write_text(_TEXT.format(versions=", ".join(versions), counts=count_lines, thefts=thefts, left_out=left_out,
                                   minutes=15))
