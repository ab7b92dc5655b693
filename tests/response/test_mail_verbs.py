"""`postreeve queue ...` and `postreeve sessions ...` with a daemon, a private Postfix and a private Dovecot."""

import json
import os
import subprocess

import pytest

from private_servers.machine import wait_for
from private_servers.postreeve import Postreeve
from queue_world import ANNA, BOB, ROOT
from test_sessions_action import Sessions

pytestmark = pytest.mark.usefixtures("empty_queue")


@pytest.fixture(scope="module")
def mailboxes():
    world = Sessions()
    yield world
    world.stop()


@pytest.fixture(scope="module")
def daemon(world, mailboxes):
    os.environ.setdefault("POSTREEVE_BINARY", str(ROOT / "build/dev/postreeve"))
    queue, sessions = ("".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
                       for settings in (world.settings(), mailboxes.http()))
    daemon = Postreeve(world.folder / "postreeve", settings=f"""
[action.hold_queue]
type = "queue"
{queue}
[action.kick]
type = "sessions"
{sessions}
""")
    yield daemon
    daemon.stop()


def test_an_accounts_mail_is_listed_held_released_and_deleted_and_nobody_elses(world, daemon):
    ids = world.submit(ANNA, 3, recipients=("full@ok.test",))
    world.postfix.settle()
    (bobs,) = world.submit_deferred(BOB)
    assert [row["queue_id"] for row in daemon.ask("queue", "list", "--account", ANNA)] == ids
    preview = daemon.ask("queue", "hold", "--account", ANNA, "--dry-run")
    assert [row["queue"] for row in preview["messages"]] == ["deferred"] * 3 and "would" in preview["says"]
    assert [world.where(i) for i in ids] == ["deferred"] * 3
    held = daemon.ask("queue", "hold", "--account", ANNA, "--reason", "looking")
    assert [row["result"] for row in held["messages"]] == ["held"] * 3
    assert [world.where(i) for i in [*ids, bobs]] == ["hold"] * 3 + ["deferred"]
    released = daemon.ask("queue", "release", "--account", ANNA, "--reason", "it is hers")
    assert [row["result"] for row in released["messages"]] == ["released"] * 3
    assert "hold" not in [world.where(i) for i in ids]
    world.postfix.settle()
    daemon.ask("queue", "delete", "--account", ANNA, "--reason", "spam")
    assert daemon.ask("queue", "list", "--account", ANNA) == []
    assert world.where(bobs) == "deferred"
    changes = [row for row in daemon.ask("audit", "list") if row["verb"].startswith("queue ")]
    assert {row["verb"] for row in changes} >= {"queue hold", "queue release", "queue delete"}


def test_says_whose_mail_it_wants_to_know(daemon):
    done = subprocess.run([daemon.binary, "queue", "list", "--config", str(daemon.configuration)],
                          capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 65 and "give --account or --incident" in done.stderr


def test_sessions_are_listed_and_ended(mailboxes, daemon):
    mailbox = mailboxes.login(ANNA)
    try:
        assert [row["service"] for row in daemon.ask("sessions", "list", ANNA)] == ["imap"]
        assert daemon.ask("sessions", "kick", ANNA, "--dry-run")["says"] == "would end 1 sessions"
        assert daemon.ask("sessions", "kick", ANNA, "--reason", "stolen")["says"] == "ended 1 sessions"
        wait_for(lambda: daemon.ask("sessions", "list", ANNA) == [])
    finally:
        mailbox.shutdown()
