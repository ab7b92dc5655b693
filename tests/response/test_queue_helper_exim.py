"""postreeve-queue beside a private Exim."""

import base64
import contextlib
import time

import pytest

from queue_world import ANNA, BOB, THIEF, EximWorld, wait_for


@pytest.fixture(scope="module")
def world():
    world = EximWorld()
    yield world
    world.stop()


def remove_all(exim):
    with contextlib.suppress(RuntimeError):  # one is locked while Exim delivers it
        exim._do("-Mrm", *exim.queue())
    return not exim.queue()


@pytest.fixture(autouse=True)
def empty_queue(world):
    wait_for(lambda: remove_all(world.exim))
    world.sink.messages.clear()
    yield


def settled(world, *accounts):
    """All under way once, and waiting for the next attempt."""
    ids = [i for account in accounts for i in world.submit(account, recipients=("full@ok.test", "b@ok.test"))]
    wait_for(lambda: all(line["done_recipients"] == 1 for line in world.listed()))
    return ids


def test_freezes_thaws_and_removes_the_mail_of_one_account_only(world):
    hers, his = settled(world, ANNA, BOB)
    (line,) = world.listed(ANNA)
    assert (line["queue_id"], line["queue"], line["client_address"]) == (hers, "active", THIEF)
    assert (line["recipients"], line["done_recipients"]) == (["full@ok.test"], 1)
    assert world.results("hold", ANNA, [hers, his]) == ["held", "not_of_account"]
    assert world.exim.queue() == {hers: True, his: False}
    assert world.results("delete", ANNA, [his]) == ["not_of_account"]
    assert world.results("release", ANNA, [hers]) == ["released"]
    assert world.results("hold", ANNA, [hers, "1xXYl9-0004wZ-1C"])[1] == "gone"
    wait_for(lambda: world.results("hold", ANNA, [hers]) in (["held"], ["was_held"]))
    assert world.results("delete", ANNA, [hers]) == ["deleted"]
    assert list(world.exim.queue()) == [his]


def test_shows_a_message(world):
    (hers,) = settled(world, ANNA)
    envelope, piece = world.do("show", "--account", ANNA, hers)
    content = base64.b64decode(piece["content"]).decode()
    assert "\nSubject: Offer 0\n" in content and content.rstrip().endswith("\n\nGood day.")
    assert envelope["sender"] == ANNA


def test_tells_the_size_of_large_messages_too(world):
    text = "spam and spam\n" * 400_000
    (hers,) = world.submit(ANNA, text=text)
    (line,) = world.listed(ANNA)
    assert line["queue_id"] == hers and len(text) < line["size"] < len(text) + 5_000


@pytest.mark.parametrize("wrong", ["-bp", "ALL", "1xXYl9-0004wZ-1C x", "4jccfS4pwcz1bY5m"])
def test_what_is_no_message_id_reaches_no_program(world, wrong):
    assert world.ask("delete", "--account", ANNA, ids=[wrong]).returncode == 64


def incident(**more):
    now = int(time.time())
    return {"time": now * 1000, "since": now - 60, "messages": 3, "recipients": 3, **more}


def test_the_action_queue_holds_and_gives_back(world):
    hers, his = settled(world, ANNA, BOB)
    opened = incident(incident=1)
    told = world.drive("queue", ["prepare", "carry_out"], **opened)
    assert told["carry_out"] == "1 message of anna@shop.example on hold, 1 of them newly"
    assert world.exim.queue() == {hers: True, his: False}
    undone = world.drive("queue", ["undo"], receipt=told["receipt"], **{**opened, "outcome": "dismissed"})
    assert undone["undo"] == "released 1 message of anna@shop.example"
    wait_for(lambda: world.exim.queue() == {hers: False, his: False})


def test_the_action_queue_delete_deletes_after_a_confirmation(world, tmp_path):
    hers, his = settled(world, ANNA, BOB)
    opened = incident(incident=2)
    world.drive("queue", ["prepare", "carry_out"], **opened)
    waiting = world.drive("queue_delete", ["carry_out"], **{**opened, "outcome": "open"})["carry_out"]
    assert waiting == {"error": "nobody has confirmed the incident; nothing is deleted before", "again": True}
    assert world.exim.queue() == {hers: True, his: False}
    told = world.drive("queue_delete", ["carry_out"], {"preserve_folder": str(tmp_path)},
                       **{**opened, "outcome": "confirmed"})
    assert told["carry_out"] == "deleted 1 of the held messages of anna@shop.example, each copied first"
    assert world.exim.queue() == {his: False}
    assert "Subject: Offer 0\n" in (tmp_path / f"0000000000000002/{hers}.eml").read_text()


def test_releases_in_the_order_of_arrival(world):
    ids = world.submit(ANNA, 8, recipients=("full@ok.test",))
    wait_for(lambda: world.results("hold", ANNA, ids) in (["held"] * 8, ["was_held"] * 8), 20)
    world.sink.messages.clear()
    attempts = world.exim.log().count("full@ok.test R=all")
    world.results("release", ANNA, ids[::-1])
    wait_for(lambda: world.exim.log().count("full@ok.test R=all") == attempts + 8)
    tried = [line.split()[2] for line in world.exim.log().splitlines() if "full@ok.test R=all" in line][attempts:]
    assert tried == ids
