"""The actions queue and queue_delete beside a private Postfix."""

import json
import time

import pytest

from queue_world import ANNA, BOB, HELPER, OTHER_THIEF, OWNER, THIEF, wait_for

PREPARE, DO, UNDO = "prepare", "carry_out", "undo"
HOME = ["192.0.2.0/24"]
UNJUDGED = "from other places stay on hold until somebody confirms or dismisses the incident"


@pytest.fixture(autouse=True)
def empty_ledger(world, empty_queue):
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
    undone = world.drive("queue", [UNDO], receipt=told["receipt"], **incident(60, outcome="dismissed"))
    assert undone["undo"] == "released 5 messages of anna@shop.example"
    assert "hold" not in places(world, before, *thiefs, bobs)


def test_releases_what_the_gate_held_and_leaves_what_others_held(world):
    (others,) = world.submit(ANNA, held=True)
    world.make_older(others, 3600)
    opened = incident(10, outcome="dismissed")
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
    opened = incident(60, outcome="dismissed")
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


BY_TELEPHONE = {"client": "", "author": "tess"}
SEEN = {"address": [THIEF, OWNER], "network": ["203.0.113.0/24"]}


def test_what_a_person_suspended_is_known_by_the_strangers_addresses(world):
    """Nobody's address brought it about: what was seen of the stranger tells whose mail it is."""
    thiefs = [*world.submit(ANNA, held=True), *world.submit(ANNA, held=True, client=OTHER_THIEF, first=1)]
    (owners,) = world.submit(ANNA, held=True, client=OWNER, first=2)
    opened = incident(60, outcome="confirmed", **BY_TELEPHONE)
    told = world.drive("queue_delete", [DO], clues=SEEN, familiar=HOME, **opened)
    assert told["carry_out"] == ("deleted 2 of the held messages of anna@shop.example; "
                                 "1 from other networks stay on hold")
    assert places(world, *thiefs, owners) == ["", "", "hold"]


def test_what_a_person_suspended_is_held_from_the_strangers_networks_only_where_so_wished(world):
    (thiefs,) = world.submit_deferred(ANNA)
    (owners,) = world.submit_deferred(ANNA, client=OWNER, first=1)
    told = world.drive("queue", [PREPARE, DO], {"only_client": True}, clues=SEEN, familiar=HOME,
                       **incident(60, outcome="open", **BY_TELEPHONE))
    assert told["carry_out"] == ("1 message of anna@shop.example on hold, 1 of them newly; from the incident's "
                                 "networks, because what decided has no address")
    assert places(world, thiefs, owners) == ["hold", "deferred"]


def test_where_nobody_knows_where_the_stranger_was_all_mail_of_the_incident_is_held(world):
    ids = [*world.submit_deferred(ANNA), *world.submit_deferred(ANNA, client=OWNER, first=1)]
    told = world.drive("queue", [PREPARE, DO], {"only_client": True}, **incident(60, outcome="open", **BY_TELEPHONE))
    assert told["carry_out"].endswith("; from everywhere, because nobody knows where the stranger was")
    assert places(world, *ids) == ["hold", "hold"]


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
    assert undone["undo"] == f"released 0 messages of anna@shop.example; 2 {UNJUDGED}"
    undone = world.drive("queue", [UNDO], {"bounces": True}, receipt=told["receipt"],
                         **incident(60, outcome="dismissed"))
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


def thiefs_and_owners(world):
    """Mail from both, in the queue when the incident is opened and held by the gate after it."""
    waiting, gates = {}, {}
    (waiting[THIEF],) = world.submit_deferred(ANNA)
    (waiting[OWNER],) = world.submit_deferred(ANNA, client=OWNER, first=1)
    opened = incident(60)
    receipt = world.drive("queue", [PREPARE, DO], familiar=HOME, **opened)["receipt"]
    (gates[OTHER_THIEF],) = world.submit(ANNA, held=True, client=OTHER_THIEF, first=2)
    (gates[OWNER],) = world.submit(ANNA, held=True, client=OWNER, first=3)
    return opened, receipt, [waiting[THIEF], gates[OTHER_THIEF]], [waiting[OWNER], gates[OWNER]]


@pytest.mark.parametrize("outcome, says", [("open", UNJUDGED), ("", UNJUDGED),
                                           ("confirmed", "of the confirmed incident stay on hold")])
def test_only_the_owners_mail_goes_as_long_as_nobody_says_that_it_was_she(world, outcome, says):
    opened, receipt, thiefs, owners = thiefs_and_owners(world)
    undone = world.drive("queue", [UNDO], receipt=receipt, familiar=HOME, **{**opened, "outcome": outcome})
    assert undone["undo"] == f"released 2 messages of anna@shop.example; 2 {says}"
    assert places(world, *thiefs) == ["hold", "hold"] and "hold" not in places(world, *owners)


def test_a_dismissal_releases_what_was_kept_back_when_the_restriction_ended(world):
    opened, receipt, thiefs, _ = thiefs_and_owners(world)
    world.drive("queue", [UNDO], receipt=receipt, familiar=HOME, **opened)
    undone = world.drive("queue", [UNDO], receipt=receipt, familiar=HOME, **{**opened, "outcome": "dismissed"})
    assert undone["undo"] == "released 2 messages of anna@shop.example"
    assert "hold" not in places(world, *thiefs)


def test_a_confirmation_deletes_what_was_kept_back_when_the_restriction_ended(world):
    opened, receipt, thiefs, _ = thiefs_and_owners(world)
    world.drive("queue", [UNDO], receipt=receipt, familiar=HOME, **opened)
    told = world.drive("queue_delete", [DO], {"only_client": False}, **{**opened, "outcome": "confirmed"})
    assert told["carry_out"] == "deleted 2 of the held messages of anna@shop.example"
    assert places(world, *thiefs) == ["", ""]


def test_a_rehearsal_says_how_much_would_be_released_held_or_deleted_and_changes_nothing(world):
    (waiting,) = world.submit_deferred(ANNA)
    told = world.drive("queue", ["rehearse"], **incident(60))
    assert told["rehearse"] == "put 1 message of anna@shop.example on hold in the queue of postfix"
    assert world.where(waiting) == "deferred"
    opened, receipt, thiefs, owners = thiefs_and_owners(world)
    told = world.drive("queue", ["rehearse", "rehearse dismissed", "rehearse confirmed"], receipt=receipt, familiar=HOME,
                       is_undo=True, **opened)
    release = "release {} messages of anna@shop.example in the queue of postfix, in the order of arrival"
    assert told["rehearse"] == release.format(2) + f"; 3 {UNJUDGED}"
    assert told["rehearse dismissed"] == release.format(5)
    assert told["rehearse confirmed"] == release.format(2) + "; 3 of the confirmed incident stay on hold"
    told = world.drive("queue_delete", ["rehearse", "rehearse confirmed"], {"preserve_folder": "/nowhere"}, **opened)
    assert told["rehearse"] == "delete nothing as long as nobody has confirmed the incident"
    assert told["rehearse confirmed"] == (
        "delete 2 held messages of anna@shop.example from the queue of postfix, copied to /nowhere first; "
        "3 from other networks stay on hold")
    assert set(places(world, waiting, *thiefs, *owners)) == {"hold"}


def test_a_rehearsal_says_when_nobody_can_be_asked(world):
    told = world.drive("queue", ["rehearse"], {"helper": ["/nowhere/postreeve-queue"], "config_directory": ""},
                       **incident())
    assert "put mail of anna@shop.example" in told["rehearse"] and "nobody can say now" in told["rehearse"]


def test_a_place_that_the_thief_used_is_not_the_owners_however_often_she_sent_from_it(world):
    (waiting,) = world.submit_deferred(ANNA)
    opened = incident(60, outcome="open")
    at_home = [".".join(THIEF.split(".")[:3]) + ".0/24"]
    receipt = world.drive("queue", [PREPARE, DO], familiar=at_home, **opened)["receipt"]
    world.drive("queue", [UNDO], receipt=receipt, familiar=at_home, **opened)
    assert world.where(waiting) == "hold"


def test_a_receipt_of_an_earlier_version_knows_no_place_of_hers(world):
    (owners,) = world.submit_deferred(ANNA, client=OWNER)
    opened = incident(60)
    receipt = json.loads(world.drive("queue", [PREPARE, DO], familiar=HOME, **opened)["receipt"])
    del receipt["familiar"]
    world.drive("queue", [UNDO], receipt=json.dumps(receipt), familiar=HOME, **opened)
    assert world.where(owners) == "hold"


FORGED = "full@other.example"  # whom the thief wrote under, and whose server puts the bounces off


def bounces_of_mail_that_is_gone(world):
    """About two of the thief's mails and one of Bob's: their queue IDs, and those of what they are about."""
    originals = world.submit(ANNA, 2, recipients=("nouser@ok.test",), sender=FORGED)
    originals += world.submit(BOB, recipients=("nouser@ok.test",), sender=FORGED, first=2)

    def bounces():
        return {m["bounce_of"][0]: m["queue_id"] for m in world.listed(ANNA, "--bounces") if m.get("bounce_of")}
    wait_for(lambda: set(bounces()) == set(originals) and not any(map(world.where, originals)))
    world.postfix.settle()
    return [bounces()[original] for original in originals], originals


def test_bounces_of_the_thiefs_mail_that_is_gone_are_deleted_with_a_confirmed_incident(world):
    (first, second, bobs), originals = bounces_of_mail_that_is_gone(world)
    (thiefs,) = world.submit(ANNA, held=True, first=3)
    keep = world.folder / "kept-bounces"
    clues = {"queue_id": originals[:1], "message_id": ["m1@client.example"], "sender": [FORGED]}
    told = world.drive("queue_delete", ["rehearse", DO, DO], {"preserve_folder": str(keep)}, clues=clues,
                       **incident(60, outcome="confirmed"))
    assert told["rehearse"].startswith(
        "delete 1 held message of anna@shop.example and 2 bounces that the thief caused from the queue of postfix")
    assert places(world, first, second, thiefs) == ["", "", ""] and world.where(bobs) == "deferred"
    assert sorted(p.stem for p in keep.rglob("*.eml")) == sorted([first, second, thiefs])
    assert told["carry_out"].startswith("deleted 0 of the held messages"), "the second time"


def test_no_bounce_is_deleted_before_a_person_confirms_or_where_it_is_not_wished(world):
    (first, second, bobs), originals = bounces_of_mail_that_is_gone(world)
    clues = {"queue_id": originals[:2], "sender": [FORGED]}
    told = world.drive("queue_delete", [DO], clues=clues, **incident(60, outcome="open"))
    assert "nobody has confirmed" in told["carry_out"]["error"]
    told = world.drive("queue_delete", [DO], {"bounces": False}, clues=clues, **incident(60, outcome="confirmed"))
    assert told["carry_out"] == "deleted 0 of the held messages of anna@shop.example"
    assert places(world, first, second, bobs) == ["deferred"] * 3


def test_no_bounce_is_deleted_that_goes_to_an_address_under_which_the_thief_did_not_write(world):
    """A queue ID may be used again, and a Message-ID may be anything."""
    bounces, originals = bounces_of_mail_that_is_gone(world)
    told = world.drive("queue_delete", [DO], clues={"queue_id": originals, "message_id": ["<m0@client.example>"]},
                       **incident(60, outcome="confirmed"))
    assert told["carry_out"] == "deleted 0 of the held messages of anna@shop.example"
    assert places(world, *bounces) == ["deferred"] * 3


def test_bounces_of_the_thiefs_mail_that_is_gone_are_held_and_wait_for_a_judgement(world):
    (first, second, bobs), originals = bounces_of_mail_that_is_gone(world)
    clues, settings = {"queue_id": originals[:2], "sender": [FORGED]}, {"bounces": True}
    told = world.drive("queue", [PREPARE, DO], settings, clues=clues, **incident(60, outcome="open"))
    assert told["carry_out"].startswith("2 messages") and places(world, first, second, bobs) == ["hold", "hold", "deferred"]
    undone = world.drive("queue", [UNDO], settings, told["receipt"], clues=clues, **incident(60, outcome="open"))
    assert undone["undo"] == f"released 0 messages of anna@shop.example; 2 {UNJUDGED}"
    undone = world.drive("queue", [UNDO], settings, told["receipt"], clues=clues, **incident(60, outcome="dismissed"))
    assert undone["undo"].startswith("released 2 messages")


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
