"""`postreeve state copy`: a house moves from SQLite to Redis and PostgreSQL, and back, whatever happens on the way."""

import os
import signal
import sqlite3
import subprocess
import time

import pytest

from daemon import OFFICE, POSTREEVE, SLOWNESS, THIEF, Daemon, PolicyClient, teach
from private_servers.disk import small_disk as disk_of
from redis_server import Redis

# What moves; `standing` and the others as docs/ledger.md tells of them.
LEDGER = ("incident", "incident_clue", "timeline", "standing", "standing_change", "outbox", "list_entry", "account_policy",
          "hourly_count", "activity", "audit", "api_token", "given_answer")
RECORDS, HOURS = 20_000, 6_000


class House:
    """An old place in a file, and a new one on Redis and PostgreSQL."""

    def __init__(self, folder, server):
        self.folder, self.server = folder, server
        self.redis = Redis(folder / "redis")
        self.database = f"house{os.urandom(4).hex()}"
        server.ask(f"CREATE DATABASE {self.database}", database="postgres")
        self.old = self.daemon("old")
        connection = server.connection.replace("dbname=mail", f"dbname={self.database}")
        self.new = self.daemon("new", f'redis = "{self.redis.url}"\nledger = "{connection}"\n'
                                      f'ledger_password_file = "{server.password_file}"\nledger_timeout = "2s"\n')

    def daemon(self, name, state_settings=""):
        (self.folder / name).mkdir()
        daemon = Daemon(self.folder / name)
        daemon.config.write_text(daemon.config.read_text().replace("[state]\n", f"[state]\n{state_settings}", 1))
        return daemon

    def copying(self, start, end, *more):
        return subprocess.Popen([POSTREEVE, "state", "copy", "--from", start.config, "--to", end.config, *more],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def copy(self, start, end, *more):
        process = self.copying(start, end, *more)
        process.out, process.err = process.communicate(timeout=300 * SLOWNESS)
        return process

    def rows(self, table):
        return int(self.server.ask(f"SELECT COUNT(*) FROM {table}", database=self.database))

    def keys(self):
        return int(self.redis.cli("dbsize"))

    def end(self):
        for daemon in (self.old, self.new):
            daemon.end()
        self.redis.resume()
        self.redis.kill()


@pytest.fixture
def house(tmp_path, server):
    made = House(tmp_path, server)
    yield made
    made.end()


def learn(house):
    """What two days of a `serve` leave: honest people, thieves, orders, lists."""
    daemon = house.old.start()
    teach(daemon, ["anna@x.example", "bert@x.example", "ünal@x.example"])
    with PolicyClient(daemon) as client:
        for i in range(30):
            client.ask("anna@x.example", f"victim{i}@z{i}.example", THIEF, f"a{i}", helo_name="ylmf-pc")
    daemon.ask("account suspend", account="carl@x.example", reason="his password is on a list")
    daemon.ask("list add", list="block", values=["203.0.113.0/24", "crew@z.example"], comment="ünter'm \"Tisch\"")
    daemon.ask("account policy", account="bert@x.example", only_countries=["DE"])
    daemon.stop()


def grow(daemon, records=RECORDS, hours=HOURS):
    """So many more accounts that a copy takes a while."""
    with sqlite3.connect(daemon.state) as state:
        one = state.execute("SELECT changed, active, record FROM account_record WHERE active = 1"
                            " ORDER BY length(record) DESC LIMIT 1").fetchone()
        state.executemany("INSERT INTO account_record (key, changed, active, record) VALUES (?, ?, ?, ?)",
                          ((os.urandom(16), *one) for _ in range(records)))
        state.execute("UPDATE account_record_count SET accounts = accounts + ?, active = active + ?", (records, records))
        state.executemany("INSERT INTO hourly_count VALUES (?, ?, 1, 2, 0, 0, 1, 0)",
                          ((1780000000000 + 3600000 * (i % 100), f"user{i}@many.example") for i in range(hours)))
    state.close()


def content(daemon):
    """Everything that moves, as it lies in a file."""
    state = sqlite3.connect(daemon.state)
    found = {table: sorted(state.execute(f"SELECT * FROM {table}").fetchall()) for table in LEDGER}
    found["records"] = sorted(state.execute("SELECT key, record, changed, active FROM account_record").fetchall())
    found["how many"] = state.execute("SELECT accounts, active FROM account_record_count").fetchall()
    state.close()
    return found


def stop_when(process, what):
    """Lets it go on step by step, because it goes faster than anybody can look."""
    until = time.monotonic() + 60 * SLOWNESS
    while not what():
        assert process.poll() is None, f"it ended before it could be stopped: {process.communicate()}"
        assert time.monotonic() < until
        process.send_signal(signal.SIGCONT)
        time.sleep(0.01)
        process.send_signal(signal.SIGSTOP)


def kill_when(process, what):
    stop_when(process, what)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    process.stderr.close()
    assert process.returncode == -signal.SIGKILL


def test_a_house_moves_and_comes_back_as_it_was_however_often_the_movers_are_killed(house):
    learn(house)
    grow(house.old)
    before = content(house.old)
    assert all(before[table] for table in ("incident", "timeline", "standing", "list_entry", "audit", "api_token"))

    planned = house.copy(house.old, house.new, "--dry-run")
    assert planned.returncode == 0 and "nothing was changed" in planned.out, planned.err
    assert f"{len(before['records']):,} records" in planned.out and house.keys() == 0
    assert not house.new.state.parent.exists() and house.server.ask("\\dt", database=house.database).strip() in ("", "Did not find any relations.")

    kill_when(house.copying(house.old, house.new), lambda: house.keys() > 2_000)
    assert house.keys() < RECORDS
    house.new.launch()
    assert house.new.process.wait(30 * SLOWNESS) != 0 and "is not complete" in house.new.log(), house.new.log()
    kill_when(house.copying(house.old, house.new), lambda: house.keys() >= RECORDS and house.rows("hourly_count") >= 500)
    assert 500 <= house.rows("hourly_count") < HOURS
    done = house.copy(house.old, house.new)
    assert done.returncode == 0, done.err
    assert "it goes on" in done.err and "[#" not in done.err
    assert f"copied {len(before['records']):,} records" in done.out and "is the same" in done.out, done.out
    assert content(house.old) == before, "the source stays as it is"
    assert {table: house.rows(table) for table in LEDGER} == {table: len(before[table]) for table in LEDGER}

    back = house.daemon("back")
    process = house.copying(house.new, back)

    def some_are_there():
        try:
            with sqlite3.connect(f"file:{back.state}?mode=ro", uri=True, timeout=0) as state:
                return state.execute("SELECT COUNT(*) FROM account_record").fetchone()[0] > 1_000
        except sqlite3.OperationalError:
            return False

    kill_when(process, some_are_there)
    done = house.copy(house.new, back)
    assert done.returncode == 0 and "it goes on" in done.err, done.err
    after = content(back)
    for name, rows in before.items():
        assert after[name] == rows, f"{name} is not as it was"


def test_what_was_decided_in_the_old_house_holds_in_the_new_one(house):
    learn(house)
    moved = house.copy(house.old, house.new)
    assert moved.returncode == 0, moved.err
    node = house.new.start()
    status = node.ask("status")
    assert status["redis"]["state"] == "up" and status["ledger"]["up"], status
    assert node.ask("account standing", account="anna@x.example")["standing"] == house_standing(before=house.old)
    assert node.ask("account show", account="bert@x.example")["recipients_known"] > 0
    with PolicyClient(node) as client:
        assert client.ask("bert@x.example", "contact0@y.example", OFFICE, "b1") == "DUNNO"
        assert client.ask("carl@x.example", "contact0@y.example", OFFICE, "c1").startswith("451")
        assert not client.ask("bert@x.example", "contact0@y.example", "203.0.113.9", "b2").startswith("DUNNO")

    busy = house.copy(house.new, house.daemon("third"))
    assert busy.returncode == 75 and "postreeve serve" in busy.err, busy.err
    node.stop()
    moved = house.copy(house.new, house.daemon("fourth"))
    assert moved.returncode == 0, moved.err


def house_standing(before):
    with sqlite3.connect(before.state) as state:
        return state.execute("SELECT level FROM standing WHERE account = 'anna@x.example'").fetchone()[0]


def test_a_house_that_somebody_lives_in_is_not_moved(house):
    learn(house)
    house.old.start()
    refused = house.copy(house.old, house.new)
    assert refused.returncode == 75 and f"{house.old.state}.lock" in refused.err, refused.err
    house.old.stop()
    house.new.start()
    refused = house.copy(house.old, house.new)
    assert refused.returncode == 75 and f"{house.new.state}.lock" in refused.err, refused.err
    # On another machine.
    other = house.daemon("other")
    other.config.write_text(house.new.config.read_text().replace(str(house.new.state), str(other.state)))
    os.makedirs(other.state.parent)
    (other.state.parent / "state.db.key").write_bytes((house.old.state.parent / "state.db.key").read_bytes())
    (other.state.parent / "state.db.key").chmod(0o600)
    refused = house.copy(house.old, other)
    assert refused.returncode in (65, 75) and house.redis.url in refused.err, refused.err


def test_a_server_that_is_away_is_named_and_the_copy_goes_on_when_it_is_back(house, server):
    learn(house)
    grow(house.old, records=50, hours=20_000)
    house.redis.kill()
    refused = house.copy(house.old, house.new)
    assert refused.returncode == 75 and house.redis.url in refused.err, refused.err
    house.redis.start()
    server.stop()
    refused = house.copy(house.old, house.new)
    assert refused.returncode == 75 and "PostgreSQL 127.0.0.1" in refused.err, refused.err
    assert house.keys() == 0, "nothing is begun that cannot be ended"
    server.start()
    process = house.copying(house.old, house.new)
    stop_when(process, lambda: house.keys() > 50 and "hourly_count" in house.server.ask("\\dt", database=house.database)
              and house.rows("hourly_count") >= 500)
    server.stop()
    process.send_signal(signal.SIGCONT)
    _, err = process.communicate(timeout=200 * SLOWNESS)
    assert process.returncode == 75 and "goes on from there" in err, err
    server.start()
    moved = house.copy(house.old, house.new)
    assert moved.returncode == 0, moved.err
    assert house.rows("hourly_count") == len(content(house.old)["hourly_count"])


def test_a_new_house_that_is_too_small_says_so_and_takes_the_rest_once_it_has_grown(house):
    learn(house)
    grow(house.old, records=3_000)
    house.redis.cli("config", "set", "maxmemory", "2mb")
    full = house.copy(house.old, house.new)
    assert full.returncode == 75 and "maxmemory" in full.err, full.err
    house.redis.cli("config", "set", "maxmemory", "0")
    moved = house.copy(house.old, house.new)
    assert moved.returncode == 0, moved.err
    assert f"copied {len(content(house.old)['records']):,} records" in moved.out


@pytest.fixture
def small_disk(tmp_path):
    with disk_of(tmp_path / "disk", "3m") as where:
        yield where


def test_a_full_disk_on_the_way_back_says_so_and_takes_the_rest_once_it_has_room(house, small_disk):
    learn(house)
    grow(house.old, records=12_000)
    moved = house.copy(house.old, house.new)
    assert moved.returncode == 0, moved.err
    back = house.daemon("back")
    back.config.write_text(back.config.read_text().replace(str(back.state), str(small_disk / "state.db")))
    back.state = small_disk / "state.db"
    full = house.copy(house.new, back)
    assert full.returncode == 75 and "full" in full.err, full.err
    subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
    moved = house.copy(house.new, back)
    assert moved.returncode == 0, moved.err
    assert content(back) == content(house.old)


def test_what_is_there_already_is_replaced_only_when_somebody_says_so(house):
    learn(house)
    assert house.copy(house.old, house.new).returncode == 0
    refused = house.copy(house.old, house.new)
    assert refused.returncode == 65 and "--replace" in refused.err, refused.err
    planned = house.copy(house.old, house.new, "--replace", "--dry-run")
    assert planned.returncode == 0 and "would delete" in planned.out, planned
    assert house.copy(house.old, house.new, "--replace").returncode == 0
    assert house.rows("incident") == len(content(house.old)["incident"])


def test_two_keys_are_never_mixed(house):
    learn(house)
    house.new.state.parent.mkdir()
    key = house.new.state.parent / "state.db.key"
    key.write_bytes(os.urandom(32))
    key.chmod(0o600)
    refused = house.copy(house.old, house.new)
    assert refused.returncode == 65 and str(key) in refused.err, refused.err
    key.unlink()
    assert house.copy(house.old, house.new).returncode == 0
    assert key.read_bytes() == (house.old.state.parent / "state.db.key").read_bytes()


def test_mistakes_are_told_with_the_exit_code_that_belongs_to_them(house, tmp_path):
    nothing = house.copy(house.old, house.new)
    assert nothing.returncode == 66 and str(house.old.state) in nothing.err, nothing.err
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[state]\nrediss = 1\n")
    broken = subprocess.run([POSTREEVE, "state", "copy", "--from", wrong, "--to", house.new.config], capture_output=True, text=True)
    assert broken.returncode == 78 and "wrong.toml:2" in broken.stderr, broken.stderr
    learn(house)
    same = house.copy(house.old, house.old)
    assert same.returncode == 78 and "same place" in same.err, same.err
    half = subprocess.run([POSTREEVE, "state", "copy", "--from", wrong], capture_output=True, text=True)
    assert half.returncode == 64 and "--to" in half.stderr, half.stderr


def test_on_a_terminal_it_shows_how_far_it_is(house):
    learn(house)
    grow(house.old, records=2_000)
    shown = subprocess.run(["script", "-qec", f"{POSTREEVE} state copy --from {house.old.config} --to {house.new.config}", "/dev/null"],
                           capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert shown.returncode == 0, shown.stdout
    assert "[###" in shown.stdout and "records/s" in shown.stdout and "rows of the ledger/s" in shown.stdout, shown.stdout[-2000:]
