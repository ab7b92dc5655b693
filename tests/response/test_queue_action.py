"""The actions queue and queue_delete beside a private Postfix."""

import json
import time

import pytest

from queue_world import ANNA, BOB, HELPER, OWNER, THIEF, PostfixWorld, wait_for

PREPARE, DO, UNDO = "prepare", "carry_out", "undo"


@pytest.fixture(scope="module")
def world():
    world = PostfixWorld()
    yield world
    world.stop()


@pytest.fixture(autouse=True)
def empty_queue(world):
    world.postfix._do("postsuper", "-d", "ALL")
    world.sink.messages.clear()
    for left in (world.folder / "state").glob("ledger.db*"):
        left.unlink()
    yield


def incident(begun=0, **more):
    """Opened now; its first message came `begun` seconds ago."""
    now = int(time.time())
    return {"time": now * 1000, "since": now - begun, "messages": 3, "recipients": 3, **more}


def places(world, *ids):
    return [world.where(i) for i in ids]


def test_holds_only_what_came_since_the_incident_began_and_gives_it_back_in_order(world):
    (before,) = world.submit_deferred(ANNA, client=OWNER)
    world.make_older(before, 3600)
    thiefs = world.submit(ANNA, 5, recipients=("full@ok.test", "b@ok.test"))
    world.postfix.settle()
    (bobs,) = world.submit_deferred(BOB)
    world.sink.messages.clear()
    told = world.drive("queue", [PREPARE, DO], **incident(60))
    assert told["preview"] == ("put mail of anna@shop.example that came since the incident's first message on hold "
                               "in the queue of postfix")
    assert told["carry_out"] == "5 messages of anna@shop.example on hold, 5 of them newly"
    assert sorted(json.loads(told["receipt"])["ids"]) == sorted(thiefs)
    assert places(world, before, *thiefs, bobs) == ["deferred"] + ["hold"] * 5 + ["deferred"]
    undone = world.drive("queue", [UNDO], receipt=told["receipt"], **incident(60))
    assert undone["undo"] == "released 5 messages of anna@shop.example"
    assert "hold" not in places(world, before, *thiefs, bobs)


def test_releases_what_the_gate_held_and_leaves_what_others_held(world):
    (others,) = world.submit(ANNA, held=True)
    world.make_older(others, 3600)
    opened = incident(10)
    (waiting,) = world.submit_deferred(ANNA)
    told = world.drive("queue", [PREPARE, DO], **opened)
    gates = world.submit(ANNA, 3, held=True, first=1)
    (bobs,) = world.submit(BOB, held=True)
    undone = world.drive("queue", [UNDO], receipt=told["receipt"], **opened)
    assert undone["undo"] == "released 4 messages of anna@shop.example"
    wait_for(lambda: len(world.sink.messages) == 3)
    assert [m.subject for m in world.sink.messages] == ["Offer 1", "Offer 2", "Offer 3"]
    assert places(world, others, bobs) == ["hold", "hold"] and world.where(waiting) != "hold"
    again = world.drive("queue", [UNDO], receipt=told["receipt"], **opened)
    assert again["undo"] == "released 0 messages of anna@shop.example"


def test_a_crash_between_any_two_steps_changes_nothing_in_the_end(world):
    (others,) = world.submit(ANNA, held=True)
    world.make_older(others, 3600)
    ids = world.submit_deferred(ANNA, 4)
    opened = incident(60)
    first = world.drive("queue", [PREPARE], **opened)["receipt"]
    assert world.drive("queue", [PREPARE], **opened)["receipt"] == first
    # The process died in the middle: one message is on hold already.
    world.results("hold", ANNA, ids[:1])
    for _ in range(2):
        told = world.drive("queue", [DO], receipt=first, **opened)
        assert told["carry_out"].startswith("4 messages of anna@shop.example on hold")
    world.results("release", ANNA, ids[1:2])
    for _ in range(2):
        world.drive("queue", [UNDO], receipt=first, **opened)
    assert "hold" not in places(world, *ids) and world.where(others) == "hold"


def test_only_the_address_of_the_deciding_event_where_so_wished(world):
    (thiefs,) = world.submit_deferred(ANNA)
    (owners,) = world.submit_deferred(ANNA, client=OWNER)
    world.drive("queue", [PREPARE, DO], {"only_client": True}, **incident(60))
    assert places(world, thiefs, owners) == ["hold", "deferred"]


def test_bounces_are_held_with_the_mail_that_they_are_about(world):
    world.submit(ANNA, recipients=("nouser@ok.test", "full@ok.test"), sender="full@other.example")
    world.submit(BOB, recipients=("nouser@ok.test", "full@ok.test"), sender="full@other.example", first=1)
    wait_for(lambda: len([m for m in world.listed(ANNA, "--bounces") if m.get("bounce_of")]) == 2)
    world.postfix.settle()
    told = world.drive("queue", [PREPARE, DO], {"bounces": True}, **incident(60))
    assert told["carry_out"].startswith("2 messages")
    held = [m for m in world.listed(ANNA, "--bounces") if m["queue"] == "hold"]
    assert sorted(bool(m.get("bounce_of")) for m in held) == [False, True]
    undone = world.drive("queue", [UNDO], {"bounces": True}, receipt=told["receipt"], **incident(60))
    assert undone["undo"].startswith("released 2 messages")


def test_thousands_of_messages_fit_the_receipt(world):
    ids = world.submit(ANNA, 2100, held=True)
    world.results("release", ANNA, ids[:1])
    wait_for(lambda: not world.where(ids[0]))
    world.postfix._do("postconf", "-e", "defer_transports = smtp")
    world.postfix._do("postfix", "reload")
    wait_for(lambda: world.postfix._do("postconf", "-h", "defer_transports").strip() == "smtp")
    try:
        world.postfix._do("postsuper", "-H", "ALL")
        told = world.drive("queue", [PREPARE, DO], **incident(600))
        assert "all_but" in json.loads(told["receipt"])
        assert told["carry_out"] == "2099 messages of anna@shop.example on hold, 2099 of them newly"
    finally:
        world.postfix._do("postconf", "-X", "defer_transports")
        world.postfix._do("postfix", "reload")


def test_nothing_is_deleted_before_a_person_confirms(world):
    (held,) = world.submit(ANNA, held=True)
    told = world.drive("queue_delete", [DO], **incident(60, outcome="open"))
    assert told["carry_out"] == {"error": "nobody has confirmed the incident; nothing is deleted before", "again": True}
    assert world.where(held) == "hold"


def test_deletes_the_thiefs_mail_without_bounces_after_copying_it(world):
    keep = world.folder / "kept"
    thiefs = world.submit(ANNA, 3, held=True)
    (owners,) = world.submit(ANNA, held=True, client=OWNER, first=3)
    (bobs,) = world.submit(BOB, held=True, first=4)
    told = world.drive("queue_delete", [DO, DO], {"preserve_folder": str(keep)}, **incident(60, outcome="confirmed"))
    assert told["carry_out"] == ("deleted 0 of the held messages of anna@shop.example, each copied first; "
                                 "1 from other networks stay on hold"), "the second time there is nothing to do"
    assert places(world, *thiefs, owners, bobs) == ["", "", "", "hold", "hold"]
    folder = keep / "000000000000abcd"
    assert sorted(p.name for p in folder.iterdir()) == sorted(f"{i}.{e}" for i in thiefs for e in ("eml", "json"))
    assert "\nSubject: Offer 0\n" in (folder / f"{thiefs[0]}.eml").read_text()
    assert json.loads((folder / f"{thiefs[0]}.json").read_text())["recipients"] == ["b@ok.test"]
    assert (folder.stat().st_mode & 0o777, (folder / f"{thiefs[0]}.eml").stat().st_mode & 0o777) == (0o700, 0o600)
    world.postfix.settle()
    assert not world.sink.messages, "nobody was told"


def test_what_cannot_be_copied_is_not_deleted(world):
    (held,) = world.submit(ANNA, held=True)
    (world.folder / "full").write_text("this is no folder")
    told = world.drive("queue_delete", [DO], {"preserve_folder": str(world.folder / "full")},
                       **incident(60, outcome="confirmed"))
    assert told["carry_out"]["again"] and "cannot be written" in told["carry_out"]["error"]
    assert world.where(held) == "hold"


def test_easing_a_confirmed_incident_lets_no_spam_go(world):
    (waiting,) = world.submit_deferred(ANNA)
    (owners,) = world.submit_deferred(ANNA, client=OWNER)
    (gates,) = world.submit(ANNA, held=True)
    opened = incident(60)
    receipt = world.drive("queue", [PREPARE, DO], **opened)["receipt"]
    undone = world.drive("queue", [UNDO], receipt=receipt, **{**opened, "outcome": "confirmed"})
    assert undone["undo"] == ("released 1 message of anna@shop.example; 2 of the confirmed incident stay on hold")
    assert places(world, waiting, gates) == ["hold", "hold"] and world.where(owners) != "hold"


@pytest.mark.parametrize("helper, says", [
    (["/nowhere/postreeve-queue"], "cannot be run"),
    ([HELPER, "--via", "/nowhere.sock"], "/nowhere.sock"),
    (["/bin/true"], "says nothing"),
    (["/bin/echo", "{}"], "cannot be read"),
])
def test_a_helper_that_is_down_is_asked_again_later(world, helper, says):
    told = world.drive("queue", [PREPARE], {"helper": helper, "config_directory": ""}, **incident())
    assert told["receipt"]["again"] and says in told["receipt"]["error"]


def test_names_with_anything_in_them_are_one_argument(world):
    told = world.drive("queue", [PREPARE, DO], account="o'; rm -rf \"$HOME\"\u202e--account@shop.example", **incident())
    assert told["carry_out"].endswith("on hold, 0 of them newly")


def test_people_see_first_what_the_desk_would_do(world):
    ids = world.submit_deferred(ANNA, 2)
    (bobs,) = world.submit_deferred(BOB)
    told = world.drive("queue", ["desk hold --dry-run"], **incident())
    assert told["desk hold --dry-run"] == "would hold 2 messages of anna@shop.example"
    assert "hold" not in places(world, *ids)
    told = world.drive("queue", ["desk hold", "desk hold", "desk release --dry-run"], **incident())
    assert told["desk hold"] == "held 0 of 0 messages of anna@shop.example"
    assert told["desk release --dry-run"] == "would release 2 messages of anna@shop.example"
    assert places(world, *ids) == ["hold", "hold"]
    assert world.drive("queue", ["desk release"], **incident())["desk release"] == (
        "released 2 of 2 messages of anna@shop.example")
    told = world.drive("queue_delete", ["desk delete"], {"preserve_folder": str(world.folder / "by-hand")}, **incident())
    assert told["desk delete"] == "deleted 2 of 2 messages of anna@shop.example"
    assert len(list((world.folder / "by-hand").rglob("*.eml"))) == 2
    assert world.where(bobs) == "deferred"
