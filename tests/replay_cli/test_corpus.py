"""Real log lines that nobody here wrote: nobody in them is accused."""

import json
import os
import pathlib
import subprocess

import pytest

BINARY = os.environ.get("POSTREEVE_BINARY", "build/release/postreeve")
CORPUS = pathlib.Path(os.environ.get("POSTREEVE_CORPUS") or "/nonexistent")

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="POSTREEVE_CORPUS names no folder")


def folders():
    return sorted(path for path in CORPUS.iterdir() if path.is_dir() and any(path.glob("*.log"))) if CORPUS.is_dir() else []


def replay(*files):
    done = subprocess.run([BINARY, "replay", "-o", "json", *map(str, files)], capture_output=True, timeout=120)
    return json.loads(done.stdout)


@pytest.mark.parametrize("folder", folders(), ids=lambda path: path.name)
def test_a_corpus_folder_gives_no_incident(folder):
    report = replay(*sorted(folder.glob("*.log")))
    assert report["incidents"] == []
    assert report["restricted"] == []


def test_a_real_host_has_its_36_authenticated_submissions():
    report = replay(CORPUS / "lightmeter-complete" / "mail.log.1.log")
    assert report["events"]["submission"] == 36
    assert report["lines"]["unparsed"] == 0


def test_what_is_no_login_is_never_an_account():
    for folder in folders():
        for sender in replay(*sorted(folder.glob("*.log")))["top_senders"]:
            assert sender["account"] not in ("(unavailable)", "<>", "")
            assert "send attr" not in sender["account"]
