"""Webhooks and pages: a receiver that checks the signature, and fails when it is asked to."""

import hashlib
import hmac
import json
import socket
import ssl
import time

import pytest

from tell_world import INCIDENT, SUNDAY_AT_THREE, Action, Authority, Receiver, entry

SECRET = "whsec-4711"
MINUTE = 60_000


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


@pytest.fixture
def action(tmp_path):
    made = []
    (tmp_path / "secret").write_text(SECRET + "\n")

    def make(type_, **keys):
        made.append(Action(type_, {"secret_file": str(tmp_path / "secret"), **keys}))
        return made[-1]

    yield make
    for each in made:
        each.remove()


def is_signed(headers, body):
    parts = dict(part.split("=", 1) for part in headers["Postreeve-Signature"].split(","))
    message = f"{parts['t']}.{headers['Postreeve-Webhook-Id']}.".encode() + body
    right = hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()
    return abs(time.time() - int(parts["t"])) < 60 and hmac.compare_digest(parts["v1"], right)


def test_posts_signed_json(receiver, action, tmp_path):
    (tmp_path / "headers").write_text("# of the ticket system\nAuthorization: Token token=s3cret\n")
    told = action("webhook", url=receiver.url + "/hook", headers=["X-Site: shop"],
                  header_file=str(tmp_path / "headers")).once()
    assert told["carry_out"] == f"{receiver.url} took it (200)"
    ((path, headers, body),) = receiver.requests
    assert path == "/hook" and headers["Content-Type"] == "application/json" and headers["X-Site"] == "shop"
    assert headers["Authorization"] == "Token token=s3cret" and headers["Postreeve-Webhook-Id"] == f"{INCIDENT}-17"
    assert is_signed(headers, body) and not is_signed(headers, body + b" ")
    said = json.loads(body)
    assert (said["id"], said["account"], said["after"]) == (f"{INCIDENT}-17", "anna@shop.example", "held")


def test_the_id_stays_the_same_over_attempts(receiver, action):
    hook = action("webhook", url=receiver.url)
    receiver.fail(503)
    assert hook.through_the_ledger(recorded=entry())["carry_out"]["again"] is True
    assert "took it" in hook.through_the_ledger(SUNDAY_AT_THREE + 1)["carry_out"]
    first, second = receiver.requests
    assert first[1]["Postreeve-Webhook-Id"] == second[1]["Postreeve-Webhook-Id"]
    assert first[2] == second[2] and is_signed(second[1], second[2])


@pytest.mark.parametrize("status, again", [(400, False), (401, False), (404, False), (408, True), (410, False),
                                           (429, True), (500, True), (503, True)])
def test_knows_which_answers_are_worth_another_try(receiver, action, status, again):
    receiver.fail(status, {}, b"because\r\n\x1b[31m of me" + b"x" * 300_000)
    told = action("webhook", url=receiver.url).once()["carry_out"]
    assert told["again"] is again
    assert f"answered {status}: because" in told["error"] and "\x1b" not in told["error"] and len(told["error"]) < 400


def test_follows_no_redirect(receiver, action):
    receiver.fail(302, {"Location": receiver.url + "/elsewhere"})
    told = action("webhook", url=receiver.url).once()["carry_out"]
    assert told["again"] is False and len(receiver.requests) == 1


def test_waits_as_long_as_it_was_asked_to(receiver, action):
    receiver.fail(429, {"Retry-After": "120"})
    hook = action("webhook", url=receiver.url)
    told = hook.run(entry=entry(), steps=["carry_out", "carry_out"], goes_on=True)["carry_out"]
    assert told["again"] is True and "asked to wait until" in told["error"]
    assert len(receiver.requests) == 1


def test_a_receiver_that_does_not_answer_is_tried_again(action):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        began = time.monotonic()
        told = action("webhook", url=f"http://127.0.0.1:{silent.getsockname()[1]}/").once()["carry_out"]
        assert told["again"] is True and time.monotonic() - began < 20
    assert action("webhook", url="http://127.0.0.1:1/").once()["carry_out"]["again"] is True


def test_a_certificate_must_be_trusted(receiver, action, tmp_path):
    authority = Authority(tmp_path)
    authority._issue("localhost", "/CN=localhost", "ca", "subjectAltName=DNS:localhost")
    chain = tmp_path / "server.pem"
    chain.write_text((tmp_path / "localhost.pem").read_text() + (tmp_path / "ca.pem").read_text())
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(chain, tmp_path / "localhost.key")
    receiver.server.socket = tls.wrap_socket(receiver.server.socket, server_side=True)
    port = receiver.server.server_address[1]
    right = {"url": f"https://localhost:{port}/", "ca_file": str(authority.root)}
    assert "took it" in action("webhook", **right).once()["carry_out"]
    for wrong in ({"url": right["url"]}, {**right, "url": f"https://127.0.0.1:{port}/"}):
        told = action("webhook", **wrong).once()["carry_out"]
        assert told["again"] is True, wrong
    assert len(receiver.requests) == 1


def test_fills_a_template_for_a_ticket_system(receiver, action, tmp_path):
    template = tmp_path / "zammad.json"
    template.write_text('{"title": "[Postreeve #{{incident}}] {{headline}}", "group": "Abuse", "article": '
                        '{"type": "note", "body": "{{story}}"}}')
    told = action("webhook", url=receiver.url, format="template", template_file=str(template)).once(
        reason='"}, "evil": {"\r\n\u202e' + "r" * 1_000_000, account='a"b\\c@shop.example')
    assert "took it" in told["carry_out"]
    said = json.loads(receiver.requests[0][2])
    assert sorted(said) == ["article", "group", "title"] and said["title"].startswith(f"[Postreeve #{INCIDENT}] a\"b\\c@")
    assert "3 messages to 41 recipients" in said["article"]["body"] and "\u202e" not in said["article"]["body"]


def test_speaks_as_chats_want_it(receiver, action):
    action("webhook", url=receiver.url, format="slack").once(reason="<!channel> look")
    said = json.loads(receiver.requests[0][2])
    assert list(said) == ["text"] and "&lt;!channel&gt;" in said["text"]


@pytest.fixture
def page(receiver, action):
    return action("page", url=receiver.url + "/first", escalate_url=receiver.url + "/second",
                  escalate_after=15 * MINUTE)


def paths(receiver):
    return [path for path, _, _ in receiver.requests]


def now():
    return int(time.time() * 1000)


def test_pages_once_an_incident_and_somebody_else_when_nobody_takes_it(receiver, page):
    began = now()
    assert "took it" in page.through_the_ledger(began, entry(time=began))["carry_out"]
    higher = entry(before="held", after="suspended", time=began + 1)
    # The escalation lies before the second change, and holds up nothing until it is due.
    told = page.through_the_ledger(began + 2 * MINUTE, higher)["carry_out"]
    assert told == "somebody was paged about this incident before"
    assert page.through_the_ledger(began + 3 * MINUTE).get("nothing_due")
    told = page.through_the_ledger(began + 16 * MINUTE)["carry_out"]
    assert told.startswith("nobody had taken the incident over: ")
    assert paths(receiver) == ["/first", "/second"]


def test_pages_nobody_else_when_somebody_took_it(receiver, page):
    began = now()
    page.through_the_ledger(began, entry(time=began))
    told = page.through_the_ledger(began + 16 * MINUTE, assign="bob")["carry_out"]
    assert told == "nobody else was paged: bob takes care of the incident"
    assert paths(receiver) == ["/first"]


def test_a_page_that_is_refused_goes_to_the_other_at_once(receiver, page):
    receiver.fail(404)
    began = now()
    told = page.through_the_ledger(began, entry(time=began))["carry_out"]
    assert "took it" in told and "answered 404" in told
    assert paths(receiver) == ["/first", "/second"]


def test_a_page_that_is_put_off_waits_until_it_is_time_for_the_other(receiver, page):
    receiver.fail(503)
    began = now()
    assert page.through_the_ledger(began, entry(time=began))["carry_out"]["again"] is True
    assert paths(receiver) == ["/first"]
    receiver.requests.clear()
    receiver.fail(503)
    told = page.once(time=now() - 20 * MINUTE)["carry_out"]
    assert "took it" in told and paths(receiver) == ["/first", "/second"]
