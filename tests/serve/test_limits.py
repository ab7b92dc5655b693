"""How much a client may ask at once, and how long it may be silent: what is set, and what a protocol needs."""

import socket
import struct
import time

import pytest

from daemon import OFFICE, SLOWNESS, PolicyClient, http

BODY_PIECE = 65_535  # Postfix's


def frame(letter, data=b""):
    return struct.pack(">I", 1 + len(data)) + letter + data


def texts(*all_of_them):
    return b"".join(text + b"\0" for text in all_of_them)


class Milter:
    """What Postfix says for one client that has logged in."""

    def __init__(self, daemon, account):
        self.socket = daemon.connect("milter")
        self.account = account.encode()
        self.socket.sendall(frame(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF)))
        assert self.answer()[:1] == b"O"
        self.socket.sendall(frame(b"C", texts(b"host.example.net") + b"4" + struct.pack(">H", 4000) + texts(OFFICE.encode())))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def answer(self):
        def read(size):
            data = b""
            while len(data) < size:
                more = self.socket.recv(size - len(data))
                if not more:
                    raise ConnectionError("the connection was closed")
                data += more
            return data

        return read(struct.unpack(">I", read(4))[0])

    def send(self, recipient, body):
        self.socket.sendall(frame(b"D", b"M" + texts(b"{auth_authen}", self.account, b"i", b"Q1")) +
                            frame(b"M", texts(b"<" + self.account + b">")))
        answers = [self.answer()]
        self.socket.sendall(frame(b"R", texts(b"<" + recipient.encode() + b">")))
        answers.append(self.answer())
        self.socket.sendall(frame(b"L", texts(b"Subject", b"large")))
        for at in range(0, len(body), BODY_PIECE):
            self.socket.sendall(frame(b"B", body[at:at + BODY_PIECE]))
        self.socket.sendall(frame(b"E"))
        answers.append(self.answer())
        return answers


def with_guard(daemon, settings):
    daemon.configure()
    daemon.config.write_text(daemon.config.read_text().replace('mode = "enforce"\n', f'mode = "enforce"\n{settings}\n'))
    return daemon.start()


def test_a_small_bound_of_requests_cuts_no_message_that_a_milter_sees(make_daemon):
    daemon = with_guard(make_daemon(), "most_request = 64")
    daemon.ask("account hold", account="held@x.example", reason="r")
    with Milter(daemon, "a@x.example") as milter:
        assert milter.send("b@y.example", b"x" * 100 * 1024) == [b"c", b"c", b"c"]
    with Milter(daemon, "held@x.example") as milter:
        assert milter.send("b@y.example", b"x" * 100 * 1024)[-1][:1] == b"q", "judged, and held"
    daemon.stop()


def test_a_bound_of_requests_holds_for_policy_and_http(make_daemon):
    daemon = with_guard(make_daemon(), "most_request = 8")
    with PolicyClient(daemon) as client:
        assert client.ask("a@x.example", "b@y.example", OFFICE) == "DUNNO"
        client.socket.sendall(b"more=" + b"x" * 9000)
        assert client.file.read() == b""
    assert http(daemon, "events", "POST", "/v1/events", b"x" * 9000)[0] == 413
    daemon.stop()


@pytest.mark.parametrize("gate", ["postfix_policy", "metrics"])
def test_silence_is_as_long_as_it_is_set(make_daemon, gate):
    daemon = with_guard(make_daemon(), 'idle = "1s"')
    with daemon.connect(gate) as client:
        began = time.monotonic()
        assert client.recv(1) == b""
        assert 0.5 < time.monotonic() - began < 10 * SLOWNESS
    with daemon.connect("milter", timeout=3) as client, pytest.raises(socket.timeout):
        client.recv(1)  # its client may think longer
    daemon.stop()
