"""What is done outside the mail path, with real actions: a flag in a site's SQLite, and programs."""

import re
import sqlite3
import stat
import time

import pytest

from daemon import SLOWNESS, PolicyClient, http

HOOK = """#!/bin/sh
# Notes that it was begun, has an effect that lasts, and undoes it.
set -e
echo "begin $POSTREEVE_DIRECTION $1 $POSTREEVE_ACCOUNT" >> "$2/journal"
sleep 0.05
if [ "$POSTREEVE_DIRECTION" = undo ]; then rm -f "$2/$1.$POSTREEVE_ACCOUNT"; else touch "$2/$1.$POSTREEVE_ACCOUNT"; fi
sleep 0.05
echo "$1 is $POSTREEVE_DIRECTION"
"""
PLAN = ["first", "flag", "second", "third"]


class Site:
    """The systems around: a database of users, and a folder in which programs leave their effects."""

    def __init__(self, folder):
        self.folder = folder
        self.database = folder / "users.db"
        self.effects = folder / "effects"
        self.effects.mkdir()
        self.hook = folder / "hook"
        self.hook.write_text(HOOK)
        self.hook.chmod(self.hook.stat().st_mode | stat.S_IXUSR)
        with sqlite3.connect(self.database) as database:
            database.execute("CREATE TABLE users (login TEXT PRIMARY KEY, abused TEXT)")
            database.executemany("INSERT INTO users VALUES (?, ?)",
                                 [(f"user{i}@x.example", value) for i, value in enumerate(["", "no", None, "it's"] * 3)])

    def settings(self, plan=PLAN):
        names = ", ".join(f'"{name}"' for name in plan)
        text = f'[response]\nsuspended = [{names}]\n'
        for name in plan:
            if name != "flag":
                arguments = f'"{self.hook}", "{name}", "{self.effects}"'
                text += (f'[action.{name}]\ntype = "command_hook"\ncommand = [{arguments}]\n'
                         f'undo_command = [{arguments}]\n')
        if "flag" in plan:
            text += f"""[action.flag]
type = "sql_flag"
database = "sqlite"
connection = "db={self.database}"
read = "SELECT abused FROM users WHERE login = :account"
set = "UPDATE users SET abused = 'yes' WHERE login = :account"
undo = "UPDATE users SET abused = :before WHERE login = :account AND abused = 'yes'"
"""
        return text

    def flag_of(self, account):
        with sqlite3.connect(self.database) as database:
            return database.execute("SELECT abused FROM users WHERE login = ?", [account]).fetchone()[0]

    def dump(self):
        with sqlite3.connect(self.database) as database:
            return list(database.iterdump())

    def journal(self):
        path = self.effects / "journal"
        return path.read_text().splitlines() if path.exists() else []

    def effects_of(self, account):
        return sorted(path.name.partition(".")[0] for path in self.effects.glob(f"*.{account}"))


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    return Site(folder)


def wait(condition, seconds=20):
    until = time.monotonic() + seconds * SLOWNESS
    while not condition():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.005)


def all_done(daemon):
    return daemon.ask("action list", given_up=True) == []


def incident_of(daemon, account):
    return daemon.ask("account show", account=account)["incident"]


def test_kill_between_any_two_actions(site, make_daemon):
    """However often it is killed, in the end everything is done in effect once, and undone without a trace."""
    daemon = make_daemon(settings=site.settings(), gates=()).start()
    before = site.dump()
    for round_number in range(10):
        account = f"user{round_number}@x.example"
        for verb, direction in (("account suspend", "carry_out"), ("account release", "undo")):
            begun = len(site.journal())
            daemon.ask(verb, account=account, reason="test")
            # Between two actions, or in the middle of one.
            wait(lambda: len(site.journal()) >= begun + round_number % 4)
            time.sleep(0.03 * (round_number % 3))
            daemon.kill()
            daemon.start()
            wait(lambda: all_done(daemon))
            if direction == "carry_out":
                assert site.flag_of(account) == "yes"
                assert site.effects_of(account) == ["first", "second", "third"]
            else:
                assert site.effects_of(account) == []
                assert site.dump() == before
            order = list(dict.fromkeys(line for line in site.journal() if line.endswith(account) and f" {direction} " in line))
            hooks = [name for name in PLAN if name != "flag"]
            expected = hooks if direction == "carry_out" else hooks[::-1]
            assert [line.split()[2] for line in order] == expected
    shown = daemon.ask("incident show", incident=daemon.ask("incident list")[0]["incident"])
    assert [row["action"] for row in shown["actions"]] == PLAN + [f"undo {name}" for name in PLAN[::-1]]
    assert {row["state"] for row in shown["actions"]} == {"done"}


def test_from_the_change_to_the_flag_in_less_than_a_second(site, make_daemon):
    daemon = make_daemon(settings=site.settings(["flag"]), gates=()).start()
    worst = 0
    for number in range(10):
        account = f"user{number}@x.example"
        begin = time.monotonic()
        daemon.ask("account suspend", account=account)
        wait(lambda: site.flag_of(account) == "yes")
        worst = max(worst, time.monotonic() - begin)
    print(f"flag set after at most {worst * 1000:.0f} ms")
    assert worst < 1 * SLOWNESS


def test_a_backend_that_is_down_delays_nothing_else(site, make_daemon):
    daemon = make_daemon(settings=site.settings(["flag", "first"]), gates=("gate.postfix_policy", "metrics")).start()
    away = site.database.with_suffix(".away")
    site.database.rename(away)
    daemon.ask("account suspend", account="user1@x.example", reason="reported by phone")
    wait(lambda: site.effects_of("user1@x.example") == ["first"])
    wait(lambda: [(row["action"], row["state"]) for row in daemon.ask("action list")] == [("flag", "waiting")])
    waiting = daemon.ask("action list")
    assert waiting[0]["result"] and waiting[0]["next_attempt"]
    with PolicyClient(daemon) as client:  # mail is judged all the same
        assert client.ask("bob@x.example", "friend@y.example").upper().startswith("DUNNO")
        assert client.ask("user1@x.example", "friend@y.example").startswith(("4", "5", "DEFER", "REJECT"))
    listed = daemon.command("action", "list")
    assert listed.returncode == 0 and "flag" in listed.stdout and "waiting" in listed.stdout, listed
    number = str(waiting[0]["number"])
    rehearsed = daemon.command("action", "retry", number, "--dry-run", "-o", "json")
    assert '"would":"run ' in rehearsed.stdout, rehearsed
    # Just after its third attempt, because it is tried by itself again two seconds later at the earliest.
    wait(lambda: [(row["attempts"] >= 3, row["state"]) for row in daemon.ask("action list")] == [(True, "waiting")])
    away.rename(site.database)
    assert daemon.command("action", "retry", number, "--reason", "it is back").returncode == 0
    wait(lambda: all_done(daemon))
    assert site.flag_of("user1@x.example") == "yes"
    shown = daemon.command("incident", "show", incident_of(daemon, "user1@x.example")).stdout
    assert "first is carry_out" in shown and "is tried again" in shown and "set the flag of" in shown, shown

    def figures():
        return http(daemon, "metrics", "GET", "/metrics")[1].decode()

    # Counted and logged once the ledger has it.
    wait(lambda: 'postreeve_actions_total{action="flag",outcome="done"} 1' in figures())
    assert 'postreeve_actions_total{action="flag",outcome="failed"}' in figures()
    assert "postreeve_actions_waiting 0" in figures()
    wait(lambda: re.search(r"action name=flag direction=carry_out outcome=done .* attempts=\d+", daemon.log()))


def test_an_incident_is_released_and_an_action_run_by_hand(site, make_daemon):
    daemon = make_daemon(settings=site.settings(["flag"]), gates=()).start()
    before = site.dump()
    daemon.ask("account suspend", account="user3@x.example")
    wait(lambda: all_done(daemon))
    incident = incident_of(daemon, "user3@x.example")
    rehearsed = daemon.command("incident", "release", incident, "--dry-run", "--reason", "phoned")
    assert "would become" in rehearsed.stdout and "undo flag" in rehearsed.stdout, rehearsed
    assert site.flag_of("user3@x.example") == "yes"
    released = daemon.command("incident", "release", incident, "--reason", "phoned")
    assert released.returncode == 0 and "recovering" in released.stdout, released
    wait(lambda: all_done(daemon))
    assert site.dump() == before
    run = daemon.command("action", "run", "flag", "--incident", incident, "--reason", "once more")
    assert run.returncode == 0, run
    wait(lambda: site.flag_of("user3@x.example") == "yes")
    assert daemon.command("action", "run", "flag", "--incident", incident, "--undo", "--reason", "back").returncode == 0
    wait(lambda: all_done(daemon))
    assert site.dump() == before
    unknown = daemon.command("action", "run", "flg", "--incident", incident)
    assert unknown.returncode == 67 and "it has flag" in unknown.stderr, unknown


def test_what_is_under_way_ends_before_the_daemon_does(site, make_daemon):
    site.hook.write_text(HOOK.replace("sleep 0.05", "sleep 1"))
    daemon = make_daemon(settings=site.settings(["first"]), gates=()).start()
    daemon.ask("account suspend", account="user1@x.example")
    wait(lambda: site.journal())
    daemon.stop()
    assert site.effects_of("user1@x.example") == ["first"]
    assert site.journal() == ["begin carry_out first user1@x.example"]
    daemon.start()
    assert all_done(daemon)
    assert len(site.journal()) == 1


def test_an_action_that_is_configured_no_more_is_given_up(site, make_daemon):
    daemon = make_daemon(settings=site.settings(["flag"]), gates=()).start()
    site.database.rename(site.database.with_suffix(".away"))
    daemon.ask("account suspend", account="user1@x.example")
    wait(lambda: daemon.ask("action list")[0]["result"])
    daemon.stop()
    daemon.configure(site.settings(["first"]))
    daemon.start()
    wait(lambda: daemon.ask("action list") == [], 40)
    given_up = daemon.ask("action list", given_up=True)[0]
    assert given_up["result"] == "the configuration has no [action.flag] any more"


def test_a_reload_says_that_actions_need_a_restart(site, make_daemon):
    daemon = make_daemon(settings=site.settings(["flag"]), gates=()).start()
    daemon.process.send_signal(1)
    wait(lambda: "configuration read anew" in daemon.log())
    assert "needs a restart" not in daemon.log()
    daemon.configure(site.settings(["flag", "first"]))
    daemon.process.send_signal(1)
    wait(lambda: "[action.first] type has changed; that needs a restart" in daemon.log())


def test_a_wrong_action_is_found_before_it_is_needed(site, make_daemon):
    daemon = make_daemon(settings=site.settings(["flag"]).replace(":account AND", ":acount AND"), gates=())
    checked = daemon.command("check-config")
    assert checked.returncode == 78 and "acount" in checked.stderr and re.search(r"postreeve.toml:\d+:\d+:", checked.stderr), checked
    (line,) = [number for number, text in enumerate(daemon.config.read_text().splitlines(), 1) if ":acount" in text]
    for command in ("check-config", "serve"):
        told = daemon.command(command)
        assert told.returncode == 78 and f"postreeve.toml:{line}:" in told.stderr, (command, told)
    daemon.configure(site.settings(["flag", "first"]))
    checked = daemon.command("check-config")
    assert checked.returncode == 0 and "2 actions" in checked.stdout, checked
