"""The story in the NOC's mailbox."""

import os

import pytest

from tell_world import DESK, INCIDENT, NOC, SUNDAY_AT_THREE, Action, MailWorld, entry

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="Postfix starts for root only")


@pytest.fixture(scope="module")
def world():
    world = MailWorld()
    yield world
    world.stop()


@pytest.fixture
def mail(world):
    made = Action("staff_mail", {"from": "Postreeve <postreeve@hoster.example>", "smtp": world.smtp, "to": [NOC],
                                 "to_suspended": [NOC, DESK], "to_slowed": [], "reply_to": DESK})
    world.clear()
    yield made
    made.remove()


def test_tells_the_story_and_what_comes_next(world, mail):
    assert mail.once()["carry_out"] == "mailed the story to 1 of 1 readers"
    (read,) = world.mails(NOC)
    assert read["Subject"] == f"[Postreeve #{INCIDENT}] anna@shop.example is held: first login ever from Vietnam"
    assert (read["Reply-To"], read["Auto-Submitted"], read["Return-Path"]) == (DESK, "auto-generated", "<>")
    text = " ".join(read.get_content().split())
    for part in ("* first login ever from Vietnam", "3 messages to 41 recipients",
                 f"postreeve incident confirm {INCIDENT} --reason '...'",
                 "postreeve account release anna@shop.example --reason '...'"):
        assert part in text, part


def test_the_mails_of_an_incident_are_one_thread(world, mail):
    mail.through_the_ledger(recorded=entry())
    later = SUNDAY_AT_THREE + 60_000
    mail.through_the_ledger(later, entry(before="held", after="suspended", time=later))
    first, second = sorted(world.mails(NOC), key=lambda m: "References" in m)
    assert second["References"] == second["In-Reply-To"] == first["Message-ID"]
    assert "* action: done: mailed the story to 1 of 1 readers" in second.get_content()
    assert [m["Message-ID"] for m in world.mails(DESK)] == [second["Message-ID"]]


def test_a_level_may_be_nobodys_business(world, mail):
    assert mail.once(after="slowed")["carry_out"] == "nobody is to be told of this stage"
    assert world.mails(NOC) == []


def test_hostile_texts_break_no_mail(world, mail):
    told = mail.once(account="$(reboot)@x.example", reason="\u202eevil\r\n.\r\nQUIT\r\n" + "r" * 1_000_000,
                     evidence=["subject \"\r\nBcc: thief@evil.example\""], author="<b>bob</b>")
    assert told["carry_out"].startswith("mailed"), told
    (read,) = world.mails(NOC)
    assert read["Bcc"] is None and not read.defects
    text = read.get_content()
    assert "postreeve account release '$(reboot)@x.example'" in " ".join(text.split())
    assert "\u202e" not in text and len(text) < 10_000
