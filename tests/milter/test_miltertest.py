"""The milter gate as miltertest (opendkim's milter client) sees it."""

import subprocess

import pytest

from milter_world import Server

SCRIPTS = {
    "message": """
        mt.macro(conn, SMFIC_MAIL, "{auth_authen}", "alice", "{auth_type}", "PLAIN")
        expect("MAIL", mt.mailfrom(conn, "<alice@example.test>"), SMFIR_CONTINUE)
        mt.macro(conn, SMFIC_RCPT, "i", "Q1")
        expect("RCPT", mt.rcptto(conn, "<bob@ok.test>"), SMFIR_CONTINUE)
        say("header", mt.header(conn, "Subject", "plain"))
        say("body", mt.bodystring(conn, "see http://shop.example/\\r\\n"))
        expect("end", mt.eom(conn), SMFIR_CONTINUE)
        if mt.eom_check(conn, MT_QUARANTINE) then error "held for no reason" end
    """,
    "held": """
        mt.macro(conn, SMFIC_MAIL, "{auth_authen}", "alice")
        expect("MAIL", mt.mailfrom(conn, "<alice@example.test>"), SMFIR_CONTINUE)
        expect("RCPT", mt.rcptto(conn, "<bob@ok.test>"), SMFIR_CONTINUE)
        say("header", mt.header(conn, "Subject", "hold this"))
        expect("end", mt.eom(conn), SMFIR_CONTINUE)
        if not mt.eom_check(conn, MT_QUARANTINE, "postreeve: held") then error "not held" end
        if not mt.eom_check(conn, MT_HDRADD, "X-Postreeve") then error "no reason given" end
    """,
    "refused": """
        mt.macro(conn, SMFIC_MAIL, "{auth_authen}", "alice")
        expect("MAIL", mt.mailfrom(conn, "<alice@example.test>"), SMFIR_CONTINUE)
        expect("RCPT", mt.rcptto(conn, "<refuse@ok.test>"), SMFIR_REPLYCODE)
        expect("RCPT", mt.rcptto(conn, "<slow@ok.test>"), SMFIR_REPLYCODE)
        expect("RCPT", mt.rcptto(conn, "<bob@ok.test>"), SMFIR_CONTINUE)
        say("header", mt.header(conn, "Subject", "refuse this"))
        expect("end", mt.eom(conn), SMFIR_REPLYCODE)
        if not mt.eom_check(conn, MT_SMTPREPLY, "554", "5.7.1", "Not allowed for this account") then error "another reply" end
    """,
    "nobody": """
        expect("MAIL", mt.mailfrom(conn, "<alice@example.test>"), SMFIR_ACCEPT)
        mt.abort(conn)
        expect("MAIL", mt.mailfrom(conn, "<bob@example.test>"), SMFIR_ACCEPT)
    """,
    "aborted": """
        mt.macro(conn, SMFIC_MAIL, "{auth_authen}", "alice")
        expect("MAIL", mt.mailfrom(conn, "<alice@example.test>"), SMFIR_CONTINUE)
        expect("RCPT", mt.rcptto(conn, "<bob@ok.test>"), SMFIR_CONTINUE)
        mt.abort(conn)
        mt.macro(conn, SMFIC_MAIL, "{auth_authen}", "alice")
        expect("MAIL", mt.mailfrom(conn, "<alice@example.test>"), SMFIR_CONTINUE)
        expect("RCPT", mt.rcptto(conn, "<eve@ok.test>"), SMFIR_CONTINUE)
        expect("end", mt.eom(conn), SMFIR_CONTINUE)
    """,
    # A mail server of version 2, which waits for every reply and cannot be asked for macros.
    "old": """
        mt.macro(conn, SMFIC_MAIL, "{auth_authen}", "alice")
        expect("MAIL", mt.mailfrom(conn, "<alice@example.test>"), SMFIR_CONTINUE)
        expect("RCPT", mt.rcptto(conn, "<bob@ok.test>"), SMFIR_CONTINUE)
        expect("header", mt.header(conn, "Subject", "plain"), SMFIR_CONTINUE)
        expect("body", mt.bodystring(conn, "text\\r\\n"), SMFIR_CONTINUE)
        expect("end", mt.eom(conn), SMFIR_CONTINUE)
    """,
}

PROLOGUE = """
    function say(what, failure) if failure ~= nil then error(what .. " failed") end end
    function expect(what, failure, reply)
        say(what, failure)
        if mt.getreply(conn) ~= reply then error(what .. ": reply " .. string.char(mt.getreply(conn))) end
    end
    conn = mt.connect("inet:" .. port .. "@127.0.0.1")
    if conn == nil then error "nobody listens" end
"""


@pytest.fixture
def server():
    server = Server()
    yield server
    server.stop()


@pytest.mark.parametrize("name", SCRIPTS)
def test_conversation(server, tmp_path, name):
    negotiation = "mt.negotiate(conn, 2, 0x3f, 0x7f)" if name == "old" else "mt.negotiate(conn, 6, 0x1ff, 0x1fffff)"
    script = tmp_path / "script.lua"
    greeting = 'say("connect", mt.conninfo(conn, "laptop.example", "198.51.100.7"))\nsay("helo", mt.helo(conn, "laptop"))\n'
    script.write_text(PROLOGUE + negotiation + "\n" + greeting + SCRIPTS[name] + "\nmt.disconnect(conn)\n")
    done = subprocess.run(["miltertest", "-D", f"port={server.port}", "-s", str(script)], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stdout + done.stderr
    events = server.events({"message": 2, "held": 2, "refused": 4, "nobody": 0, "aborted": 3, "old": 2}[name])
    if name == "message":
        assert events[-1]["queue_id"] == "Q1"
        assert events[-1]["content"]["hosts"] == ["shop.example"]
