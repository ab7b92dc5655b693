"""The command line as a postmaster's shell meets it: exit codes, messages, shapes, the same bytes twice.

Runs the binary named by POSTREEVE_BINARY.
"""

import gzip
import json
import os
import shutil
import subprocess

import pytest

BINARY = os.environ.get("POSTREEVE_BINARY", "")
pytestmark = pytest.mark.skipif(not BINARY, reason="POSTREEVE_BINARY is not set")


def run(*arguments, stdin="", env=None, prefix=()):
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **(env or {})}
    return subprocess.run(
        [*prefix, BINARY, *map(str, arguments)], input=stdin, capture_output=True, text=True, env=environment, timeout=120
    )


def stamp(second):
    minutes, seconds = divmod(second, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"2026-03-{1 + days:02}T{hours:02}:{minutes:02}:{seconds:02}.000Z"


def event(second, kind, account, **fields):
    return json.dumps({"time": stamp(second), "event": kind, "account": account, **fields})


def submission(second, number, account="anna@x.example", address="192.0.2.7", recipients=("bob@y.example",)):
    return event(second, "submission", account, queue_id=f"Q{number}", client_address=address, service="smtp",
                 sender=account, recipients=list(recipients), size=2000)


def honest_days(days=10):
    """One person who logs in and writes to two friends, a few times a day."""
    lines = []
    for day in range(days):
        for hour in (8, 11, 15):
            second = day * 86400 + hour * 3600
            number = f"{day}{hour}"
            lines.append(event(second, "login", "anna@x.example", client_address="192.0.2.7", service="smtp", result="success"))
            lines.append(submission(second + 5, number))
            lines.append(event(second + 6, "delivery", "anna@x.example", queue_id=f"Q{number}", recipient="bob@y.example",
                               status="sent", dsn="2.0.0"))
    return lines


def thief(day=10, messages=40):
    """The same account from elsewhere, to strangers, most of whom do not exist."""
    lines = []
    for number in range(messages):
        second = day * 86400 + 3 * 3600 + number * 20
        recipients = [f"r{number}-{i}@d{number}.example" for i in range(20)]
        lines.append(submission(second, f"T{number}", address="198.51.100.66", recipients=recipients))
        lines += [event(second + 2, "delivery", "anna@x.example", queue_id=f"QT{number}", recipient=recipient,
                        status="bounced", dsn="5.1.1", response="550 5.1.1 unknown user") for recipient in recipients[:8]]
    return lines


def mailing(day, messages=3):
    """From a place nobody was at before to sixty people nobody wrote to before, each time the same."""
    return [submission(day * 86400 + 3 * 3600 + number * 20, f"M{day}-{number}", address="198.51.100.66",
                       recipients=[f"r{number}-{i}@d{number}.example" for i in range(20)]) for number in range(messages)]


def write(path, lines):
    path.write_text("".join(line + "\n" for line in lines))
    return path


@pytest.fixture
def trace(tmp_path):
    return write(tmp_path / "trace.jsonl", honest_days() + thief())


def report(*arguments, **options):
    result = run("replay", "-o", "json", *arguments, **options)
    return result, json.loads(result.stdout)


# What is reported


def test_json_has_the_documented_shape(trace):
    result, found = report("--trace", trace)
    assert result.returncode == 0
    assert found["events"] == {"login": 30, "submission": 70, "delivery": 350}
    assert found["lines"] == {"read": 450, "understood": 450, "unparsed": 0}
    assert found["accounts"] == 1
    assert isinstance(found["seconds"], (int, float))
    assert isinstance(found["restricted"], list)
    assert found["top_senders"][0] == {"account": "anna@x.example", "messages": 70, "recipients": 830}


def test_a_stolen_account_is_told_with_its_evidence(trace):
    _, found = report("--trace", trace)
    assert [incident["account"] for incident in found["incidents"]] == ["anna@x.example"]
    incident = found["incidents"][0]
    assert {"account", "opened", "standing", "messages_out", "recipients_out", "risk", "evidence"} <= incident.keys()
    assert incident["networks"] == ["198.51.100.0/24"]
    assert incident["messages_out"] < 10
    assert incident["messages_touched"] + incident["messages_out"] >= 40
    assert incident["evidence"]
    for evidence in incident["evidence"]:
        assert evidence.keys() == {"detector", "group", "nats", "says"}
        assert evidence["nats"] > 0 and evidence["says"]


def test_an_honest_account_is_left_alone(tmp_path):
    _, found = report("--trace", write(tmp_path / "honest.jsonl", honest_days()))
    assert found["incidents"] == [] and found["restricted"] == [] and found["messages_touched"] == 0


def test_the_table_speaks_plainly_and_without_colour_in_a_pipe(trace):
    result = run("replay", "--trace", trace)
    assert result.returncode == 0
    assert "In other hands: 1 account" in result.stdout
    assert "198.51.100.0/24" in result.stdout
    assert "\x1b" not in result.stdout + result.stderr


def test_verdicts_are_a_line_a_submission_and_incident(trace, tmp_path):
    verdicts = tmp_path / "verdicts.jsonl"
    _, found = report("--trace", trace, "--verdicts", verdicts)
    lines = [json.loads(line) for line in verdicts.read_text().splitlines()]
    decided = [line for line in lines if "action" in line]
    opened = [line for line in lines if "incident" in line]
    assert len(decided) == found["events"]["submission"]
    assert [line["incident"] for line in opened] == [incident["incident"] for incident in found["incidents"]]
    for line in decided:
        assert line.keys() == {"time", "queue_id", "account", "action", "recipients_accepted", "recipients_deferred", "risk",
                               "standing", "evidence"}
        assert line["action"] in ("accept", "defer", "hold", "divert", "reject")
        assert line["action"] not in ("hold", "reject") or line["recipients_accepted"] == 0
    assert opened[0].keys() == {"time", "incident", "account", "standing", "messages_out", "recipients_out"}
    touched = [line for line in decided if line["action"] != "accept"]
    assert len(touched) == found["messages_touched"]


def test_verdicts_on_standard_output_leave_it_to_them(trace):
    result = run("replay", "--trace", trace, "--verdicts", "-")
    assert len([json.loads(line) for line in result.stdout.splitlines()]) >= 70
    assert "In other hands" in result.stderr


def test_the_same_bytes_twice_with_one_thread_or_two(trace, tmp_path):
    seen = []
    for number, threads in enumerate((1, 1, 2, 2)):
        verdicts = tmp_path / f"verdicts{number}"
        result, found = report("--trace", trace, "--threads", threads, "--verdicts", verdicts)
        seconds = found["seconds"]
        seen.append((result.stdout.replace(f'"seconds": {json.dumps(seconds)}', ""), verdicts.read_bytes()))
    assert all(other == seen[0] for other in seen)


def test_an_alarm_that_somebody_dismissed_is_not_raised_again(tmp_path):
    dismissal = event(10 * 86400 + 8 * 3600, "judgement", "anna@x.example", confirmed=False, person="support",
                      reason="she invites to the fair")
    later = ("--since", "2026-03-12")
    alone = write(tmp_path / "alone.jsonl", honest_days() + mailing(10) + mailing(13))
    judged = write(tmp_path / "judged.jsonl", [*honest_days(), *mailing(10), dismissal, *mailing(13)])
    for trace in (alone, judged):
        assert len(report("--trace", trace, "--until", "2026-03-12")[1]["incidents"]) == 1
    _, found = report("--trace", alone, *later)
    assert found["messages_touched"] > 0 and len(found["incidents"]) == 1
    _, found = report("--trace", judged, *later)
    assert found["messages_touched"] == 0 and found["incidents"] == []


def test_since_learns_from_before_and_until_ignores_what_came_later(trace):
    _, found = report("--trace", trace, "--since", "2026-03-11")
    assert found["events"]["submission"] == 40
    assert len(found["incidents"]) == 1
    _, found = report("--trace", trace, "--until", "2026-03-11T00:00:00Z")
    assert found["events"]["submission"] == 30
    assert found["incidents"] == []


def test_two_configurations_side_by_side(trace, tmp_path):
    strict = tmp_path / "strict.toml"
    strict.write_text('[[limit]]\nname = "one a day"\nrate = "1/1d"\naction = "hold"\n')
    result, found = report("--trace", trace, "--compare", strict)
    assert result.returncode == 0
    assert found.keys() == {"a", "b", "differences"}
    assert found["b"]["messages_touched"] > found["a"]["messages_touched"]
    assert [difference["account"] for difference in found["differences"]] == ["anna@x.example"]
    assert "Side by side" in run("replay", "--trace", trace, "--compare", strict).stdout


def test_a_limit_is_named_for_whom_it_touched(tmp_path):
    config = tmp_path / "postreeve.toml"
    config.write_text('[[limit]]\nname = "one a day"\nrate = "1/1d"\naction = "hold"\n')
    honest = write(tmp_path / "honest.jsonl", honest_days())
    _, found = report("--trace", honest, "--config", config)
    assert found["incidents"] == []
    assert [(row["account"], row["limit"], row["action"]) for row in found["restricted"]] == [
        ("anna@x.example", "one a day", "hold")
    ]


def test_a_log_on_standard_input(tmp_path):
    log = "".join(
        f"2026-03-02T08:0{minute}:00.000000+00:00 mx postfix/submission/smtpd[77]: 4htKlg4vVGzg{minute}: "
        "client=host.example[192.0.2.7], sasl_method=PLAIN, sasl_username=anna\n" for minute in range(3)
    )
    result, found = report("--default-domain", "x.example", "-", stdin=log)
    assert result.returncode == 0
    assert found["events"]["submission"] == 3
    assert found["top_senders"][0]["account"] == "anna@x.example"


# Bad input: a clear message, the right code, everything before it still reported


def test_a_missing_file(trace):
    result, found = report("--trace", trace, "nowhere.jsonl")
    assert result.returncode == 66
    assert "postreeve: nowhere.jsonl: " in result.stderr
    assert found["events"]["submission"] == 70


def test_a_directory(tmp_path):
    result = run("replay", tmp_path)
    assert result.returncode == 66
    assert f"postreeve: {tmp_path}: " in result.stderr
    assert "In other hands: no account" in result.stdout


def test_a_binary_file(tmp_path):
    binary = tmp_path / "binary"
    binary.write_bytes(bytes(range(256)) * 400)
    result = run("replay", binary)
    assert result.returncode == 65
    assert f"postreeve: {binary}" in result.stderr


def test_a_truncated_gzip(trace, tmp_path):
    whole = gzip.compress(trace.read_bytes())
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(whole[: len(whole) * 3 // 4])
    result, found = report("--trace", cut)
    assert result.returncode == 65
    assert f"postreeve: {cut}" in result.stderr
    assert 0 < found["events"]["submission"] < 70


def test_no_permission(trace):
    prefix = ()
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("setpriv is not installed")
        prefix = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
        # An unprivileged user must be able to reach the file, and the binary.
        for directory in (trace.parent, *trace.parent.parents):
            if directory.stat().st_uid == 0 and str(directory).startswith("/tmp/"):
                directory.chmod(0o755)
        if run("version", prefix=prefix).returncode != 0:
            pytest.skip("the binary is out of an unprivileged user's reach")
    trace.chmod(0)
    result = run("replay", "--trace", trace, prefix=prefix)
    assert result.returncode == 77
    assert f"postreeve: {trace}: " in result.stderr


def test_empty_input_is_no_mistake(tmp_path):
    empty = tmp_path / "empty.log"
    empty.touch()
    result, found = report(empty)
    assert result.returncode == 0
    assert "note: the input is empty" in result.stderr
    assert found["events"] == {"login": 0, "submission": 0, "delivery": 0}
    assert run("replay", "-", stdin="").returncode == 0


@pytest.mark.parametrize("broken", ['{"time":"2026-03-02T08', "not JSON", '{"time":"yesterday","event":"login","account":"a@x.example"}'])
def test_a_broken_trace_line_is_named_by_its_number(tmp_path, broken):
    lines = honest_days()
    result, found = report("--trace", write(tmp_path / "trace.jsonl", lines[:60] + [broken] + lines[60:]))
    assert result.returncode == 65
    assert f"postreeve: {tmp_path}/trace.jsonl:61: " in result.stderr
    assert found["events"]["submission"] == 20
    assert found["problems"][0]["line"] == 61


def test_a_full_disk(trace):
    result = run("replay", "--trace", trace, "--verdicts", "/dev/full")
    assert result.returncode == 74
    assert "postreeve: /dev/full: writing failed" in result.stderr
    with open("/dev/full", "w") as full:
        result = subprocess.run([BINARY, "replay", "--trace", str(trace)], stdout=full, stderr=subprocess.PIPE, text=True)
    assert result.returncode == 74


def test_logs_that_are_traces_are_recognized(trace):
    result = run("replay", trace)
    assert "--trace" in result.stderr


# Command line


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("relpay",), "did you mean 'replay'?"),
        (("replay", "--sinec", "3d", "x"), "did you mean '--since'?"),
        (("replay", "--since", "yesterday", "x"), "'yesterday' is no time"),
        (("replay", "--time-zone", "Europe/Berln", "x"), "did you mean 'Europe/Berlin'?"),
        (("replay", "--threads", "0", "x"), "--threads"),
        (("replay", "-", "-"), "standard input"),
        ((), "Usage: postreeve"),
    ],
)
def test_a_wrong_command_line(arguments, said):
    result = run(*arguments)
    assert result.returncode == 64
    assert said in result.stderr
    assert result.stdout == ""


def test_a_missing_geography_file(trace):
    result = run("replay", "--trace", trace, "--geo", "nowhere.mmdb")
    assert result.returncode == 66
    assert "nowhere.mmdb" in result.stderr


def test_version_and_help():
    assert run("version").stdout.startswith("postreeve ")
    assert run("--version").stdout == run("version").stdout
    assert "Exit codes" in run("replay", "--help").stdout


# Configuration


def test_a_configuration_that_is_right(tmp_path):
    config = tmp_path / "postreeve.toml"
    config.write_text("[ladder]\nheld = 2.5\n")
    result = run("check-config", "--config", config)
    assert result.returncode == 0
    assert result.stdout.startswith("ok\n")
    dump = run("check-config", "--config", config, "--dump").stdout
    assert f"held = 2.5  # {config}:2:1\n" in dump
    assert "slowed = 0.0  # default\n" in dump


def test_every_mistake_of_a_configuration_is_told(tmp_path):
    config = tmp_path / "postreeve.toml"
    config.write_text('[ladder]\nslwoed = 1\nheld_for = "long"\n[[limit]]\nname = "x"\n')
    result = run("check-config", "--config", config)
    assert result.returncode == 78
    assert result.stdout == ""
    assert f"postreeve: {config}:2:1: unknown setting 'slwoed' in [ladder]; did you mean 'slowed'?\n" in result.stderr
    assert f"postreeve: {config}:3:12: 'long' is no duration" in result.stderr
    assert f"postreeve: {config}:4:1: a limit needs a rate" in result.stderr


def test_a_replay_refuses_a_wrong_configuration(trace, tmp_path):
    config = tmp_path / "postreeve.toml"
    config.write_text("[ladder]\nheld = -9\n")
    for option in ("--config", "--compare"):
        result = run("replay", "--trace", trace, option, config)
        assert result.returncode == 78
        assert f"postreeve: {config}:2:" in result.stderr
        assert result.stdout == ""


def test_a_missing_configuration():
    result = run("check-config", "--config", "nowhere.toml")
    assert result.returncode == 78
    assert "nowhere.toml: there is no such file" in result.stderr
