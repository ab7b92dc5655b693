"""The action sessions beside a private Dovecot, over doveadm's HTTP API and by its command."""

import imaplib
import shutil

import pytest

from driver import drive
from queue_world import ANNA, BOB, PASSWORD, THIEF, Dovecot, machine, wait_for
from private_servers.clients import Mailbox, Place, Pop3Mailbox
from private_servers.dovecot import has_pop3


class Sessions:
    def __init__(self):
        self.folder = machine.folder()
        self.dovecot = Dovecot(self.folder / "dovecot", PASSWORD, serves_doveadm=True)

    def http(self):
        return self.dovecot.doveadm()

    def command(self):
        return {"doveadm": [shutil.which("doveadm"), "-c", str(self.folder / "dovecot/dovecot.conf")]}

    def drive(self, settings, account=ANNA):
        entry = {"account": account, "before": "clear", "after": "held", "incident": 43981}
        return drive("sessions", settings, self.folder, steps=["carry_out"], entry=entry)

    def login(self, account):
        mailbox = Mailbox(self.dovecot.imap_port, Place(THIEF))
        mailbox.login(account, PASSWORD)
        return mailbox

    def fetch(self, account):
        mailbox = Pop3Mailbox(self.dovecot.pop3_port, Place(THIEF))
        mailbox.user(account)
        mailbox.pass_(PASSWORD)
        return mailbox

    def stop(self):
        self.dovecot.stop()
        shutil.rmtree(self.folder)


@pytest.fixture(scope="module")
def sessions():
    if shutil.which("doveadm") is None:
        pytest.skip("dovecot-core is not installed")
    sessions = Sessions()
    yield sessions
    sessions.stop()


def is_alive(mailbox):
    try:
        return mailbox.noop()[0] == "OK"
    except (imaplib.IMAP4.abort, OSError):
        return False


@pytest.mark.parametrize("way", ["http", "command"])
def test_ends_the_sessions_of_one_account_only(sessions, way):
    hers, his = [sessions.login(ANNA) for _ in range(3)], sessions.login(BOB)
    near = sessions.login("anna@shop.example.org")
    settings = getattr(sessions, way)()
    assert sessions.drive(settings)["carry_out"] == (
        "ended 3 IMAP and POP3 sessions of anna@shop.example; the auth cache forgot it")
    wait_for(lambda: not any(is_alive(m) for m in hers))
    assert is_alive(his) and is_alive(near)
    wait_for(lambda: sessions.drive(settings)["carry_out"] ==
             "anna@shop.example had no IMAP or POP3 session; the auth cache forgot it")
    his.logout()
    near.logout()


@pytest.mark.skipif(not has_pop3(), reason="dovecot-pop3d is not installed")
@pytest.mark.parametrize("way", ["http", "command"])
def test_ends_sessions_over_pop3_too(sessions, way):
    hers, his = [sessions.fetch(account) for account in (ANNA, BOB)]
    settings = getattr(sessions, way)()
    assert sessions.drive(settings)["carry_out"] == (
        "ended 1 IMAP and POP3 session of anna@shop.example; the auth cache forgot it")
    wait_for(lambda: not hers.is_alive())
    assert his.is_alive()
    his.quit()


@pytest.mark.parametrize("way", ["http", "command"])
@pytest.mark.parametrize("account", ["*", "a?na@shop.example", "*@shop.example", "127.0.0.1", "::/0"])
def test_a_name_that_dovecot_takes_for_many_ends_nobodys_session(sessions, way, account):
    his = sessions.login(BOB)
    told = sessions.drive(getattr(sessions, way)(), account)["carry_out"]
    assert "for more than one account" in told["error"] and not told["again"]
    assert is_alive(his)
    his.logout()


@pytest.mark.parametrize("way", ["http", "command"])
def test_hostile_names_are_names(sessions, way):
    told = sessions.drive(getattr(sessions, way)(), "\"]},\"x\"]' ; id $(id)\u202e@shop.example")
    assert "had no IMAP or POP3 session" in told["carry_out"]


def test_a_dovecot_that_is_down_or_knows_another_key_is_asked_again(sessions):
    wrong = sessions.folder / "wrong"
    wrong.write_text("wrong\n")
    for settings, says in (({**sessions.http(), "api_key_file": str(wrong)}, "does not accept the API key"),
                           ({**sessions.http(), "api_key_file": "/nowhere"}, "no key in /nowhere"),
                           ({**sessions.http(), "url": f"http://127.0.0.1:{machine.free_port()}/"}, "connect"),
                           ({"doveadm": ["/nowhere/doveadm"]}, "cannot be run")):
        told = sessions.drive(settings)["carry_out"]
        assert told["again"] and says in told["error"].lower().replace("api", "API"), told
        assert "wrong" not in told["error"].replace(str(wrong), "")
