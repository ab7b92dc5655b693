"""postreeve-queue beside a private Postfix."""

import base64
import os
import signal
import threading
import time

import pytest

from queue_world import ANNA, BOB, OWNER, THIEF, SocketStarter, seconds_of, wait_for

pytestmark = pytest.mark.usefixtures("empty_queue")


def delivered(world):
    return [m.subject for m in world.sink.messages if m.sender]


def test_lists_whose_mail_it_is_in_the_order_of_arrival(world):
    first, second = world.submit(ANNA, 2, held=True, recipients=("b@ok.test", "c@ok.test"))
    (third,) = world.submit(ANNA, held=True, client=OWNER, sender="")
    (other,) = world.submit(BOB, held=True)
    lines = world.listed(ANNA)
    assert [line["queue_id"] for line in lines] == [first, second, third]
    line = lines[0]
    assert (line["queue"], line["account"], line["login"]) == ("hold", ANNA, ANNA)
    assert (line["client_address"], line["recipients"], line["open_recipients"]) == (THIEF, ["b@ok.test", "c@ok.test"], 2)
    assert abs(line["arrived"] / 1e6 - time.time()) < 60 and abs(line["created"] - time.time()) < 60
    assert (lines[2]["client_address"], lines[2]["sender"]) == (OWNER, "")
    assert [line["queue_id"] for line in world.listed()] == [first, second, third, other]


def test_a_bare_login_belongs_to_the_default_domain(world):
    (queue_id,) = world.submit("anna", held=True, sender=ANNA)
    assert world.listed(ANNA) == []
    assert [m["queue_id"] for m in world.listed(ANNA, "--default-domain", "shop.example")] == [queue_id]
    assert world.results("delete", ANNA, [queue_id], "--default-domain", "shop.example") == ["deleted"]


def test_holds_releases_and_deletes(world):
    first, second, third = world.submit_deferred(ANNA, 3)
    assert world.results("hold", ANNA, [first, second]) == ["held", "held"]
    assert world.results("hold", ANNA, [first, third]) == ["was_held", "held"]
    assert world.results("delete", ANNA, [third]) == ["deleted"]
    assert world.results("release", ANNA, [first]) == ["released"]
    assert world.where(first) in ("deferred", "active", "incoming")
    assert world.results("release", ANNA, [first, third]) == ["not_held", "gone"]
    assert world.results("delete", ANNA, [first]) == ["not_held"]
    assert world.where(second) == "hold"


def test_touches_no_mail_of_anybody_else(world):
    (hers,), (his,) = world.submit(ANNA, held=True), world.submit(BOB, held=True)
    (waiting,) = world.submit_deferred(BOB)
    for verb in ("release", "delete"):
        assert world.results(verb, ANNA, [his]) == ["not_of_account"]
    assert world.results("hold", ANNA, [waiting, hers]) == ["not_of_account", "was_held"]
    assert (world.where(hers), world.where(his), world.where(waiting)) == ("hold", "hold", "deferred")
    shown = world.ask("show", "--account", ANNA, his)
    assert shown.returncode == 75 and f"{his} is no mail of {ANNA}" in shown.stdout


@pytest.mark.parametrize("wrong", ["ALL", "-", "-d", "../hold/x", "4jcc;id", "4jccfS4pwcz1bY5m hold"])
def test_what_is_no_queue_id_reaches_no_program(world, wrong):
    (hers,) = world.submit(ANNA, held=True)
    done = world.ask("delete", "--account", ANNA, ids=[hers, wrong])
    assert done.returncode == 64 and "is no queue ID" in done.stdout
    assert world.where(hers) == "hold"


def test_an_unknown_id_is_gone_whatever_postsuper_says(world):
    assert world.results("hold", ANNA, ["4jccfS4pwcz1bY5m"]) == ["gone"]


def test_releases_in_the_order_of_arrival(world):
    ids = world.submit(ANNA, 45, held=True)
    assert world.results("release", ANNA, ids[::-1]) == ["released"] * 45
    wait_for(lambda: len(world.sink.messages) == 45)
    assert delivered(world) == [f"Offer {n}" for n in range(45)]


def test_releases_in_the_order_of_arrival_beside_a_queue_manager_that_is_busy_for_a_while(world):
    ids = world.submit(ANNA, 20, held=True)
    manager = world.postfix.process("qmgr")
    os.kill(manager, signal.SIGSTOP)
    goes_on = threading.Timer(0.5, os.kill, (manager, signal.SIGCONT))
    goes_on.start()
    assert world.results("release", ANNA, ids) == ["released"] * 20
    goes_on.join()
    wait_for(lambda: len(world.sink.messages) == 20)
    assert delivered(world) == [f"Offer {n}" for n in range(20)]


def test_old_mail_is_queued_anew_and_does_not_expire_at_once(world):
    old = world.submit(ANNA, 3, held=True, recipients=("full@ok.test", "b@ok.test"))
    (young,) = world.submit(ANNA, held=True, recipients=("full@ok.test", "b@ok.test"), first=3)
    for queue_id in old:
        world.make_older(queue_id, 6 * 86400)
    assert world.results("release", ANNA, [young, *old]) == ["released"] * 4
    wait_for(lambda: len(delivered(world)) == 4)
    assert delivered(world) == [f"Offer {n}" for n in range(4)]
    world.postfix.settle()
    lines = world.listed(ANNA)
    assert [line["queue"] for line in lines] == ["deferred"] * 4, "Postfix goes on trying"
    assert not [m for m in world.sink.messages if not m.sender], "and tells nobody that it gave up"
    assert all(time.time() - line["created"] < 60 for line in lines)
    assert time.time() - lines[0]["arrived"] / 1e6 > 5 * 86400, "when it came is still known"


def test_shows_a_message_as_it_would_be_delivered(world):
    text = "long line " * 500 + "\n" + "x" * 70000 + "\n.\nFrom here\n\u00e4\u202e"
    (queue_id,) = world.submit(ANNA, held=True, recipients=tuple(f"r{n}@ok.test" for n in range(60)), text=text)
    envelope, *pieces = world.do("show", "--account", ANNA, queue_id)
    assert len(envelope["recipients"]) == 60
    shown = base64.b64decode("".join(piece["content"] for piece in pieces))
    world.results("release", ANNA, [queue_id])
    wait_for(lambda: world.sink.messages)
    assert shown.replace(b"\n", b"\r\n").decode() == world.sink.messages[0].text.replace("\r\n..\r\n", "\r\n.\r\n")


def test_bounces_are_touched_only_with_what_they_are_about(world):
    (original,) = world.submit(ANNA, recipients=("nouser@ok.test", "full@ok.test"), sender="grey@other.example")
    wait_for(lambda: [m for m in world.listed(ANNA, "--bounces") if m.get("bounce_of")])
    world.postfix.settle()
    bounce = next(m for m in world.listed(ANNA, "--bounces") if m.get("bounce_of"))
    assert bounce["bounce_of"] == [original, "<m0@client.example>"] and bounce["sender"] == ""
    assert bounce["queue_id"] not in [m["queue_id"] for m in world.listed(ANNA)]
    ids = bounce["queue_id"]
    assert world.results("hold", ANNA, [ids]) == ["not_of_account"]
    assert world.results("hold", ANNA, [ids], "--bounces") == ["not_of_account"]
    assert world.results("hold", ANNA, [f"{ids} 4jccfS4pwcz1bY5m"], "--bounces") == ["not_of_account"]
    assert world.results("hold", ANNA, [f"{ids} {original}"], "--bounces") == ["held"]
    assert world.results("delete", ANNA, [f"{ids} <m0@client.example>"], "--bounces") == ["deleted"]


def test_takes_no_configuration_that_others_can_write(world):
    evil = world.folder / "evil"
    evil.mkdir()
    (evil / "main.cf").write_text("queue_directory = /tmp\n")
    evil.chmod(0o777)
    helper = world.helper_command()[0]
    import subprocess
    done = subprocess.run([helper, "--config", str(evil), "list"], capture_output=True, text=True, timeout=20)
    assert done.returncode == 64 and "can be written by others than root" in done.stdout


def test_works_over_a_socket(world):
    import subprocess
    (queue_id,) = world.submit(ANNA, held=True)
    starter = SocketStarter(world.folder / "queue.sock")
    helper, *rest = world.helper_command()
    command = [helper, "--via", str(world.folder / "queue.sock"), *rest]
    listed = subprocess.run([*command, "list", "--account", ANNA], capture_output=True, text=True, timeout=20)
    assert queue_id in listed.stdout and listed.stdout.endswith('{"end":true}\n')
    done = subprocess.run([*command, "delete", "--account", ANNA], input=queue_id + "\n", capture_output=True, text=True,
                          timeout=20)
    assert '"result":"deleted"' in done.stdout
    starter.stop()
    down = subprocess.run([*command, "list"], capture_output=True, text=True, timeout=20)
    assert down.returncode == 75 and '"code":"unavailable"' in down.stdout


def test_six_hundred_messages_are_listed_and_held_in_time(world):
    hers = world.submit(ANNA, 300, held=True) + world.submit_deferred(ANNA, 1, first=300)
    world.submit(BOB, 300, held=True)
    listing = min(seconds_of(lambda: world.listed(ANNA)) for _ in range(3))
    postfix = min(seconds_of(lambda: world.postfix._do("postqueue", "-j")) for _ in range(3))
    holding = seconds_of(lambda: world.results("hold", ANNA, hers))
    deleting = seconds_of(lambda: world.results("delete", ANNA, hers))
    print(f"\n600 messages: listed in {listing:.3f} s (postqueue -j {postfix:.3f} s), 301 held in {holding:.3f} s, "
          f"deleted in {deleting:.3f} s")
    assert len(world.listed()) == 300
    assert listing < 1 and holding < 3 and deleting < 10
