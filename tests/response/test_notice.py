"""The signed notice in a real mailbox: `openssl cms` and Python's mail parser judge it."""

import os
import subprocess
import time

import pytest

from private_servers import slapd
from tell_world import ABUSE, ANNA, CONTACT, INCIDENT, RECOVERY, SUNDAY_AT_THREE, Action, MailWorld, entry

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="Postfix starts for root only")


@pytest.fixture(scope="module")
def world():
    world = MailWorld()
    yield world
    world.stop()


@pytest.fixture
def notice(world, authority, tmp_path):
    """Makes the action with these keys beside the usual ones."""
    made = []
    (tmp_path / "recovery").write_text(f"# account address\nbob@shop.example bob@x.example\n{ANNA} {RECOVERY}\n")

    def make(**keys):
        settings = {"from": f"Abuse desk <{ABUSE}>", "smtp": world.smtp, "support": "+49 30 000000",
                    "recovery_map_file": str(tmp_path / "recovery"), "contacts": [f"shop {CONTACT}"],
                    "time_zone": "Europe/Berlin", "certificate_file": authority.certificate,
                    "key_file": authority.key, **keys}
        made.append(Action("notice", settings))
        return made[-1]

    world.clear()
    yield make
    for action in made:
        action.remove()


def verify(raw, authority, *options):
    """What the signature covers, or None when openssl does not believe it."""
    done = subprocess.run(["openssl", "cms", "-verify", "-CAfile", str(authority.root), "-purpose", "smimesign",
                           *options], input=raw, capture_output=True)
    return done.stdout if done.returncode == 0 else None


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def test_each_reader_gets_a_signed_mail_of_his_own(world, authority, notice):
    told = notice().once(tenant="shop")
    assert told["carry_out"] == ("sent the notice 'held' (en) to the recovery address, the tenant's contact, "
                                 "the mailbox itself")
    for box in (RECOVERY, CONTACT, ANNA):
        (raw,), (mail,) = world.raw(box), world.mails(box)
        signed = verify(raw, authority)
        assert signed is not None and b"quoted-printable" in signed
        assert verify(raw.replace(b"198.51.100.7", b"198.51.100.8"), authority) is None
        assert mail["To"] == box and not any(other in raw.decode() for other in {RECOVERY, CONTACT} - {box})
        assert not mail.defects and not any(part.defects for part in mail.walk())
        assert mail.get_content_type() == "multipart/signed" and mail.get_param("micalg") == "sha-256"


def test_no_machine_answers_it(world, notice):
    notice().once()
    (mail,) = world.mails(ANNA)
    assert mail["Return-Path"] == "<>" and mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] == "bulk" and mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Message-ID"] == f"<postreeve.{INCIDENT}.17@hoster.example>"


@pytest.mark.parametrize("language, subject, when", [
    ("en", f"Your mailbox {ANNA}: some outgoing mail is kept back", "1 March 2026 at 04:00 (CET)"),
    ("de", f"Ihr Postfach {ANNA}: Ein Teil der ausgehenden Mails wird zurückgehalten", "1. März 2026 um 04:00 Uhr"),
    ("ja", f"【重要】{ANNA} から送信されたメールの一部を保留しています", "2026年3月1日 04:00"),
    ("pl", f"Skrzynka {ANNA}: część wysyłanych wiadomości jest wstrzymana", "1 marca 2026 o godz. 04:00"),
])
def test_is_read_as_it_was_written(world, authority, notice, language, subject, when):
    notice(languages=[f"shop {language}"]).once(tenant="shop")
    (mail,) = world.mails(ANNA)
    assert (mail["Subject"], mail["Content-Language"]) == (subject, language)
    text = text_of(mail)
    for part in (ANNA, when, "198.51.100.7", "41", "+49 30 000000", INCIDENT):
        assert part in " ".join(text.split()), part
    assert "http" not in text and "\ufffd" not in text
    assert verify(world.raw(ANNA)[0], authority) is not None


def test_is_sent_once_an_incident_and_stage(world, notice):
    action = notice()
    first = action.through_the_ledger(recorded=entry())
    assert "sent the notice 'held'" in first["carry_out"]
    later = SUNDAY_AT_THREE + 60_000
    again = action.through_the_ledger(later, entry(before="slowed", time=later))
    assert again["carry_out"] == "the notice 'held' of this incident was sent before"
    suspended = action.through_the_ledger(later + 1, entry(before="held", after="suspended", time=later + 1))
    assert "sent the notice 'suspended'" in suspended["carry_out"]
    over = action.through_the_ledger(later + 2, entry(before="suspended", after="recovering", time=later + 2))
    assert "sent the notice 'released'" in over["carry_out"]
    mails = world.mails(ANNA)
    by_id = {mail["Message-ID"]: mail for mail in mails}
    assert len(by_id) == len(mails) == 3
    root = f"<postreeve.{INCIDENT}.{first['id']}@hoster.example>"
    assert all(mail["References"] == root for id_, mail in by_id.items() if id_ != root)


def test_the_contact_of_a_tenant_with_many_stolen_accounts_gets_one_mail_with_the_list(world, authority, notice):
    action, now, minute = notice(to=["contact"], contact_most_per_hour=2), int(time.time() * 1000), 60_000

    def stolen(number, at):
        changed = entry(account=f"user{number}@shop.example", incident=0xC0FFEE00 + number, time=at, tenant="shop")
        return action.through_the_ledger(at, changed)["carry_out"]

    assert [stolen(i, now + i) for i in range(5)] == (
        ["sent the notice 'held' (en) to the tenant's contact"] * 2 + ["the tenant's contact is told of it with others"] * 3)
    assert action.through_the_ledger(now + 9 * minute).get("nothing_due")
    told = action.through_the_ledger(now + 11 * minute)
    assert told["carry_out"] == "told the tenant's contact of 5 accounts in one mail"
    mails, (raw,) = world.mails(CONTACT), [raw for raw in world.raw(CONTACT) if b"5 mailboxes" in raw]
    assert len(mails) == 3 and verify(raw, authority) is not None
    (digest,) = [mail for mail in mails if mail["Subject"] == "shop: 5 mailboxes with restricted sending"]
    for number in range(5):
        assert f"user{number}@shop.example: some outgoing mail is kept back" in " ".join(text_of(digest).split())
        assert f"{0xC0FFEE00 + number:016x}" in text_of(digest)
    # The next one at most an hour later.
    assert stolen(5, now + 12 * minute) == "the tenant's contact is told of it with others"
    assert action.through_the_ledger(now + 70 * minute).get("nothing_due")
    assert action.through_the_ledger(now + 72 * minute)["carry_out"].startswith("told the tenant's contact of 1 account in")


def test_a_campaign_leaves_the_owners_own_notices_alone(world, notice):
    action, now = notice(contact_most_per_hour=1), int(time.time() * 1000)
    for number in range(2):
        told = action.through_the_ledger(now + number, entry(account=ANNA, incident=0xC0FFEE00 + number, time=now + number,
                                                             tenant="shop"))
    assert told["carry_out"] == ("sent the notice 'held' (en) to the recovery address, the mailbox itself; "
                                 "the tenant's contact is told of it with others")
    assert len(world.mails(RECOVERY)) == 2 and len(world.mails(CONTACT)) == 1


def test_a_server_that_is_not_there_is_asked_again_later(notice):
    told = notice(smtp="127.0.0.1:1").once()
    assert told["carry_out"]["again"] is True


def test_one_reader_who_is_refused_does_not_keep_it_from_the_others(world, notice):
    told = notice().once(account="nobody@shop.example", tenant="shop")
    assert "to the tenant's contact; refused elsewhere: " in told["carry_out"] and "550" in told["carry_out"]
    assert len(world.mails(CONTACT)) == 1
    alone = notice(to=["owner"]).once(account="nobody@shop.example")
    assert alone["carry_out"]["again"] is False and "User unknown" in alone["carry_out"]["error"]
    later = notice(to=["owner"]).once(account="later@shop.example")
    assert later["carry_out"]["again"] is True and "later, please" in later["carry_out"]["error"]


def test_an_expired_certificate_is_left_out_and_said_so(world, authority, notice):
    key, certificate = authority.issue("old", days=-1)
    told = notice(certificate_file=certificate, key_file=key).once()
    assert "; not signed: the certificate holds until " in told["carry_out"]
    (mail,) = world.mails(ANNA)
    assert mail.get_content_type() == "text/plain" and "digital signature" not in text_of(mail)


def test_a_key_of_another_certificate_is_found_at_the_start(authority, notice):
    key, _ = authority.issue("other", days=30)
    told = notice(key_file=key).once()
    assert "key of the certificate" in told["make"]["error"]


@pytest.mark.parametrize("account", [
    "o'hara\"@shop.example", "anna\u202e\u2066@shop.example", "anna {{support}}@shop.example",
    "<script>alert(1)</script>@shop.example", "=?utf-8?q?x?=@shop.example", "x" * 250 + "@shop.example"])
def test_a_hostile_account_breaks_no_mail(world, authority, notice, account):
    told = notice(to=["contact"]).once(account=account, tenant="shop", client="x\r\nBcc: a@b.example\r\n\r\nhello",
                                       reason="r" * 1_000_000)
    assert told["carry_out"].startswith("sent"), told
    (raw,), (mail,) = world.raw(CONTACT), world.mails(CONTACT)
    assert mail["Bcc"] is None and not mail.defects and verify(raw, authority) is not None
    text = mail["Subject"] + text_of(mail)
    assert not set(text) & set("\u202e\u2066") and "{{" not in text.replace("{{support}}", "")


def test_the_recovery_address_comes_from_a_directory(world, slapd_server, notice):
    for dn in slapd_server.ask_entries():
        slapd_server.change(f"dn: {dn}\nchangetype: delete\n")
    slapd_server.change(f"dn: cn=anna,dc=example\nchangetype: add\nobjectClass: inetOrgPerson\ncn: anna\nsn: user\n"
                        f"uid: {ANNA}\nmail: {RECOVERY}\n")
    directory = {"recovery_uri": slapd_server.uri, "recovery_bind_dn": slapd.ADMIN,
                 "recovery_password_file": str(slapd_server.password_file), "recovery_base": "dc=example",
                 "recovery_filter": "(uid={account})", "recovery_attribute": "mail", "to": ["recovery"]}
    (nowhere := slapd_server.password_file.with_name("nobody")).write_text("")
    told = notice(recovery_map_file=str(nowhere), **directory).once()
    assert told["carry_out"] == "sent the notice 'held' (en) to the recovery address"
    assert len(world.mails(RECOVERY)) == 1 and not world.mails(ANNA)
