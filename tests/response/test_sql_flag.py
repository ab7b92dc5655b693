"""sql_flag beside PostgreSQL and MariaDB. (With SQLite: src/response/sql_flag_test.cc.)"""

import contextlib
import json
import os
import subprocess
import time

import pytest

from private_servers.machine import silenced

HOSTILE = ["o'hara@shop.example", 'a"b\\@shop.example', "x'); drop table users; --@shop.example", "back\\'slash\\",
           "*)(uid=*", "%_:account", "käthe\u202e@shop.example", "n" * 307 + "@shop.example"]
TABLE = {
    "postgresql": "CREATE TABLE users (login text PRIMARY KEY, abused boolean, why text, until timestamptz, n int)",
    "mysql": "CREATE TABLE users (login varchar(400) COLLATE utf8mb4_bin PRIMARY KEY, abused bit(1), why text, "
             "until datetime, n int)",
}
TRUE = {"postgresql": "TRUE", "mysql": "b'1'"}


@pytest.fixture(params=["postgresql_server", "mariadb_server"])
def server(request):
    server = request.getfixturevalue(request.param)
    server.ask("DROP TABLE IF EXISTS users")
    server.ask(TABLE[server.kind])
    for login in HOSTILE + ["anna@shop.example"]:
        server.ask(f"INSERT INTO users VALUES ({literal(server, login)}, NULL, 'as ever', NULL, 7)")
    server.ask(f"UPDATE users SET abused = {TRUE[server.kind].replace('1', '0').replace('TRUE', 'FALSE')} "
               "WHERE login LIKE 'a%'")
    return server


def literal(server, text):
    if server.kind == "mysql":
        text = text.replace("\\", "\\\\")
    return "'" + text.replace("'", "''") + "'"


def settings(server, **more):
    true = TRUE[server.kind]
    return {"database": server.kind, "connection": server.connection, "password_file": str(server.password_file),
            "set": f"UPDATE users SET abused = {true} WHERE login = :account",
            "read": "SELECT abused FROM users WHERE login = :account",
            "undo": f"UPDATE users SET abused = :before WHERE login = :account AND abused = {true}",
            "timeout": 3000, **more}


def flagged(server):
    return server.ask(f"SELECT COUNT(*) FROM users WHERE abused = {TRUE[server.kind]}").strip()


@pytest.mark.parametrize("account", HOSTILE + ["anna@shop.example"])
def test_undoing_leaves_the_database_as_it_was(server, act, account):
    before = server.dump()
    done = act("sql_flag", settings(server), "prepare", "carry_out", account=account)
    assert done["carry_out"].startswith("set the flag of"), done
    assert flagged(server) == "1"
    undone = act("sql_flag", settings(server), "undo", receipt=done["receipt"], account=account)
    assert undone["undo"].startswith("gave back"), undone
    assert server.dump() == before


def test_a_crash_before_the_change_is_noted_repeats_it_with_the_first_receipt(server, act):
    before = server.dump()
    first = act("sql_flag", settings(server), "prepare", "carry_out")
    again = act("sql_flag", settings(server), "carry_out", "carry_out", receipt=first["receipt"])
    assert again["carry_out"].startswith("set the flag of")  # though the row was as it is to be
    act("sql_flag", settings(server), "undo", "undo", receipt=first["receipt"])
    assert server.dump() == before


def test_what_somebody_else_changed_meanwhile_stays(server, act):
    done = act("sql_flag", settings(server), "prepare", "carry_out")
    server.ask("UPDATE users SET abused = NULL WHERE login = 'anna@shop.example'")
    meanwhile = server.dump()
    undone = act("sql_flag", settings(server), "undo", receipt=done["receipt"])
    assert undone["undo"].startswith("left as it is, because somebody else has changed it")
    assert server.dump() == meanwhile


def test_every_value_is_bound(server, act):
    statement = f"UPDATE users SET abused = {TRUE[server.kind]}, until = :until, why = :reason WHERE login = :account"
    reason = "'; DROP TABLE users; -- \\' $1 :account {}"
    done = act("sql_flag", settings(server, set=statement), "carry_out", reason=reason)
    assert "error" not in done["carry_out"], done
    where = "WHERE login = 'anna@shop.example'"
    assert server.ask(f"SELECT COUNT(*) FROM users {where} AND why = {literal(server, reason)}").strip() == "1"
    assert server.ask(f"SELECT until FROM users {where}").startswith("2026-03-02 03:00:00")


def test_no_such_account_is_for_good(server, act):
    done = act("sql_flag", settings(server), "carry_out", account="nobody@shop.example")
    assert done["carry_out"]["again"] is False
    assert done["carry_out"]["error"].startswith("no such account")


def test_a_wrong_statement_is_for_good_and_tells_no_password(server, act):
    done = act("sql_flag", settings(server, set="UPDATE persons SET n = 1 WHERE login = :account"), "carry_out")
    assert done["carry_out"]["again"] is False
    assert "persons" in done["carry_out"]["error"]


def test_a_wrong_password_is_tried_again(server, act, tmp_path):
    wrong = tmp_path / "password"
    wrong.write_text("not it\n")
    done = act("sql_flag", settings(server, password_file=str(wrong)), "carry_out")
    assert done["carry_out"]["again"] is True
    assert "not it" not in json.dumps(done)


def test_a_lock_is_given_up_and_the_change_does_not_come_later(server, act):
    """MariaDB and PostgreSQL would finish what we no longer wait for."""
    before = server.dump()
    with locked_row(server):
        done = act("sql_flag", settings(server), "carry_out")
        took = time.monotonic() - done["begun"]
    assert done["carry_out"]["again"] is True
    assert took < 4
    time.sleep(0.2)
    assert server.dump() == before


@contextlib.contextmanager
def locked_row(server):
    """Anna's, by somebody else's change that is taken back in the end."""
    if server.kind == "postgresql":
        command = ["psql", "-X", "-q", "-A", "-t", f"host=127.0.0.1 port={server.port} dbname=mail user=postreeve"]
    else:
        command = ["mariadb", "--no-defaults", "--unbuffered", f"--socket={server.folder}/socket", "--user=root", "mail"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, "PGPASSWORD": server.password}) as holder:
        holder.stdin.write("BEGIN; UPDATE users SET n = 7 WHERE login = 'anna@shop.example'; SELECT 'locked';\n")
        holder.stdin.flush()
        assert "locked" in holder.stdout.readline()
        try:
            yield
        finally:
            holder.communicate("ROLLBACK;\n", 20)


def test_a_server_that_hangs_costs_no_more_than_the_time_limit(server, act):
    with silenced(server):
        begun = time.monotonic()
        done = act("sql_flag", settings(server), "carry_out")
        took = time.monotonic() - begun
    assert done["carry_out"]["again"] is True
    assert took < 6


def test_a_server_that_is_down_is_tried_again(server, act):
    server.stop()
    try:
        begun = time.monotonic()
        done = act("sql_flag", settings(server), "prepare")
        assert done["receipt"]["again"] is True
        assert time.monotonic() - begun < 5
    finally:
        server.start()
    assert "receipt" in act("sql_flag", settings(server), "prepare")
