"""The milter gate beside a real Postfix."""

import hashlib
import re
import smtplib
from email.message import EmailMessage

import pytest

from milter_world import Postfix, Server, wait_for


@pytest.fixture(scope="module")
def server():
    server = Server()
    yield server
    if server.process.poll() is None:
        server.stop()


@pytest.fixture(scope="module")
def postfix(server):
    postfix = Postfix(server.port)
    yield postfix
    postfix.stop()


def message(subject):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Alice <alice@example.test>", "bob@ok.test", subject
    mail["Message-ID"] = "<m1@example.test>"
    mail.set_content("please see https://www.shop.example/offer\n")
    mail.add_attachment(b"\0\1\2" * 1000, maintype="application", subtype="pdf", filename="offer.pdf")
    return mail


def connect(postfix, login="alice@example.test"):
    client = smtplib.SMTP("127.0.0.1", postfix.port, "laptop.test", source_address=("127.0.7.3", 0), timeout=20)
    if login:
        client.login(login, "secret")
    return client


def send(client, subject="plain", recipients=("bob@ok.test",)):
    """The reply to the whole message, and the queue ID in it."""
    client.mail("alice@example.test")
    for recipient in recipients:
        assert client.rcpt(recipient)[0] == 250
    code, text = client.data(message(subject).as_bytes())
    found = re.search(r"queued as (\S+)", text.decode())
    return code, text.decode(), found and found.group(1)


def test_a_message_goes_through_and_its_content_is_seen(server, postfix):
    server.forget()
    with connect(postfix) as client:
        code, _, queue_id = send(client, recipients=("bob@ok.test", "eve@ok.test"))
    assert code == 250
    first, second, whole = server.events(3)
    assert (first["event"], whole["event"]) == ("recipient", "submission")
    assert first["account"] == "alice@example.test"
    assert first["client_address"] == "127.0.7.3"
    assert second["recipient"] == "eve@ok.test"
    assert whole["queue_id"] == queue_id
    assert whole["recipients"] == ["bob@ok.test", "eve@ok.test"]
    assert whole["subject"] == "plain"
    assert whole["message_id"] == "<m1@example.test>"
    assert whole["content"]["parts"] == 2
    assert whole["content"]["hosts"] == ["www.shop.example"]
    assert whole["content"]["attachments"] == [
        {"type": "application/pdf", "name": "offer.pdf", "size": 3000,
         "sha256": hashlib.sha256(b"\0\1\2" * 1000).hexdigest()}]
    wait_for(lambda: len(postfix.delivered()) == 1)
    assert "X-Postreeve" not in postfix.delivered()[0]


def test_a_recipient_is_refused_and_the_others_go_on(server, postfix):
    server.forget()
    with connect(postfix) as client:
        client.mail("alice@example.test")
        assert client.rcpt("refuse@ok.test") == (554, b"5.7.1 Not allowed for this account")
        code, text = client.rcpt("slow@ok.test")
        assert (code, text[:6]) == (451, b"4.7.1 ")
        assert client.rcpt("bob@ok.test")[0] == 250
        assert client.data(message("plain").as_bytes())[0] == 250
    assert server.events(4)[-1]["recipients"] == ["bob@ok.test"]


def test_a_message_is_refused_at_its_end(server, postfix):
    server.forget()
    with connect(postfix) as client:
        assert send(client, "refuse this")[:2] == (554, "5.7.1 Not allowed for this account")
    assert server.events(2)[-1]["subject"] == "refuse this"


def test_a_message_is_held_and_says_why(server, postfix):
    server.forget()
    with connect(postfix) as client:
        code, _, queue_id = send(client, "hold this")
        assert code == 250
        code, _, by_recipient = send(client, "plain", recipients=("bob@ok.test", "hold@ok.test"))
        assert code == 250
    assert [event["subject"] for event in server.events(5) if event["event"] == "submission"] == ["hold this", "plain"]
    for held in (queue_id, by_recipient):
        assert wait_for(lambda: postfix.queue().get(held))["queue_name"] == "hold"
    assert "X-Postreeve: would=hold; standing=held; risk=0.00; reason=the message asked for it" in postfix.header_of(queue_id)


def test_several_messages_of_one_connection_are_told_apart(server, postfix):
    server.forget()
    with connect(postfix) as client:
        send(client)
        client.mail("alice@example.test")
        client.rcpt("eve@ok.test")
        client.rset()
        send(client)
    events = server.events(5)
    assert [event["event"] for event in events] == ["recipient", "submission", "recipient", "recipient", "submission"]
    assert len({events[place]["instance"] for place in (0, 2, 3)}) == 3
    assert events[4]["recipients"] == ["bob@ok.test"]


def test_mail_without_a_login_is_let_go(server, postfix):
    server.forget()
    with connect(postfix, login=None) as client:
        assert send(client, "refuse this")[0] == 250
    assert server.events(0) == []


def test_the_client_is_the_one_that_xclient_names(server, postfix):
    server.forget()
    with connect(postfix, login=None) as client:
        assert client.docmd("XCLIENT", "NAME=laptop.client.test ADDR=203.0.113.9 PORT=4711")[0] == 220
        client.ehlo("laptop.test")
        client.login("alice@example.test", "secret")
        send(client)
    assert {event["client_address"] for event in server.events(2)} == {"203.0.113.9"}


def test_a_large_message_goes_through(server, postfix):
    server.forget()
    mail = message("plain")
    mail.add_attachment(bytes(range(256)) * 8000, maintype="image", subtype="png", filename="big.png")
    with connect(postfix) as client:
        client.mail("alice@example.test")
        client.rcpt("bob@ok.test")
        assert client.data(mail.as_bytes())[0] == 250
    attachment = server.events(2)[-1]["content"]["attachments"][1]
    assert attachment["size"] == 2048000
    assert attachment["sha256"] == hashlib.sha256(bytes(range(256)) * 8000).hexdigest()


def test_mail_goes_on_when_the_gate_dies(server, postfix):
    with connect(postfix) as client:
        client.mail("alice@example.test")
        client.rcpt("bob@ok.test")
        server.process.kill()
        server.process.wait(10)
        assert client.data(message("refuse this").as_bytes())[0] == 250
    with connect(postfix) as client:
        assert send(client, "refuse this")[0] == 250
