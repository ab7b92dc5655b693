"""The action evidence beside a private Postfix; tar, sha256sum and openssl read what it writes."""

import email
import email.policy
import json
import subprocess
import time

import pytest

from queue_world import ANNA, BOB, THIEF

DO = "carry_out"


def incident(**more):
    now = int(time.time())
    return {"time": now * 1000, "since": now - 60, "messages": 3, "recipients": 3, "outcome": "open",
            "client": THIEF, "evidence": ["first login ever from Vietnam", "bob@customer.example is new"], **more}


def unpacked(archive, folder):
    subprocess.run(["tar", "xzf", archive, "-C", folder], check=True)
    subprocess.run(["sha256sum", "--check", "--quiet", "MANIFEST.sha256"], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def package(world, authority, tmp_path_factory):
    """Made once: what it holds is asked in many ways."""
    folder = tmp_path_factory.mktemp("evidence")
    (folder / "mail.log").write_text(f"a: sasl_username={ANNA}\nb: sasl_username={BOB}\n")
    ids = world.submit(ANNA, 2, recipients=("full@ok.test", "b@ok.test"))
    world.postfix.settle()
    world.submit_deferred(BOB)
    told = world.drive("evidence", [DO], settings={
        "evidence_folder": str(folder / "kept"), "log_files": [str(folder / "mail.log")], "organisation": "Hoster",
        "contact": "abuse@hoster.example", "certificate_file": str(authority.certificate),
        "key_file": str(authority.key)}, **incident())
    (archive,) = (folder / "kept").glob("*.tar.gz")
    out = folder / "out"
    out.mkdir()
    return {"told": told, "ids": ids, "archive": archive, "out": unpacked(archive, out)}


def test_keeps_the_accounts_messages_with_their_envelopes_and_nobody_elses(package):
    assert "2 of them messages" in package["told"][DO]
    kept = sorted(path.stem for path in (package["out"] / "messages").glob("*.eml"))
    assert kept == sorted(package["ids"])
    for queue_id in kept:
        envelope = json.loads((package["out"] / f"messages/{queue_id}.json").read_text())
        assert envelope["account"] == ANNA and envelope["client_address"] == THIEF
        message = email.message_from_bytes((package["out"] / f"messages/{queue_id}.eml").read_bytes())
        assert message["Subject"].startswith("Offer")


def test_keeps_the_story_and_the_lines_of_the_log(package):
    story = (package["out"] / "story.txt").read_text()
    assert ANNA in story and "first login ever from Vietnam" in story
    lines = [json.loads(line) for line in (package["out"] / "timeline.jsonl").read_text().splitlines()]
    assert any(line["kind"] == "standing" for line in lines)
    assert (package["out"] / "log-1.txt").read_text() == f"a: sasl_username={ANNA}\n"


def test_reports_to_the_attackers_network_without_anybodys_name(package):
    report = json.loads((package["out"] / "reports/1-xarf.json").read_text())
    assert report["source_identifier"] == THIEF and report["reporter"]["domain"] == "hoster.example"
    raw = (package["out"] / "reports/1-arf.eml").read_bytes()
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [part.get_content_type() for part in mail.iter_parts()]
    assert parts == ["text/plain", "message/feedback-report", "text/rfc822-headers"]
    for text in (raw.decode(), json.dumps(report)):
        assert "b@ok.test" not in text and "bob@customer.example" not in text and ANNA not in text


def test_signs_the_checksums(package, authority):
    signed = f"{package['archive']}.MANIFEST.eml"
    done = subprocess.run(["openssl", "cms", "-verify", "-in", signed, "-CAfile", str(authority.root)],
                          capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert b"story.txt" in done.stdout


def test_is_tried_again_while_the_helper_does_not_answer(world, tmp_path):
    told = world.drive("evidence", [DO], settings={"evidence_folder": str(tmp_path), "helper": ["/bin/false"]},
                       **incident())
    assert told[DO]["again"] is True
    assert not list(tmp_path.glob("*"))


def test_goes_on_without_a_log_that_cannot_be_read_and_says_so(world, tmp_path):
    told = world.drive("evidence", [DO], settings={"evidence_folder": str(tmp_path), "log_files": ["/none.log"]},
                       **incident())
    assert "/none.log cannot be read" in told[DO]
    assert len(list(tmp_path.glob("*.tar.gz"))) == 1
