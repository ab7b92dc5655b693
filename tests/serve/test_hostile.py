"""Clients that mean no good, at every gate: memory stays bounded, others are not delayed, descriptors come back."""

import random
import resource
import select
import socket
import struct
import threading
import time

import pytest

from daemon import OFFICE, SEED, SLOWNESS, PolicyClient, http, policy_request

STREAMS = ("postfix_policy", "socketmap", "tcp_table", "milter")
WEB = ("auth_policy", "events", "metrics")
ANSWERS_WITHIN = 0.5 * SLOWNESS  # generous: the machine is shared


@pytest.fixture(autouse=True)
def many_descriptors():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def milter_frame(letter, data=b""):
    return struct.pack(">I", 1 + len(data)) + letter + data


def asks_well(daemon, gate):
    """A well-behaved client of each gate."""
    if gate == "postfix_policy":
        with PolicyClient(daemon) as client:
            assert client.ask("good@x.example", f"b{time.monotonic_ns()}@y.example", OFFICE) == "DUNNO"
    elif gate == "control":
        assert daemon.ask("mode")["mode"] == "enforce"
    elif gate in WEB:
        path = {"auth_policy": "/?command=ping", "events": "/livez", "metrics": "/metrics"}[gate]
        assert http(daemon, gate, "GET", path)[0] == 200
    else:
        ask, begins = {"socketmap": (b"11:sasl good@x,", b"9:NOTFOUND "), "tcp_table": (b"get good@x\n", b"500 "),
                       "milter": (milter_frame(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF)), b"\0\0\0")}[gate]
        with daemon.connect(gate) as client:
            client.sendall(ask)
            answer = client.recv(1000)
            assert answer.startswith(begins), (gate, answer)


class Watch(threading.Thread):
    """Asks all the gates again and again, and knows the slowest answer."""

    def __init__(self, daemon):
        super().__init__()
        self.server, self.is_over = daemon, threading.Event()
        self.slowest, self.asked, self.fault = (0.0, ""), 0, None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        self.is_over.set()
        self.join()
        if kind is None and self.fault:
            raise self.fault

    def run(self):
        try:
            while not self.is_over.wait(0.01):
                for gate in (*STREAMS, *WEB, "control"):
                    began = time.monotonic()
                    asks_well(self.server, gate)
                    self.slowest = max(self.slowest, (time.monotonic() - began, gate))
                    self.asked += 1
        except Exception as fault:
            self.fault = fault


def connect(daemon, gate, source=None):
    if gate != "control":
        return daemon.connect(gate, source)
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(20)
    client.connect(str(daemon.control_path))
    return client


def settles(daemon, descriptors):
    """Waits until the descriptors are given back."""
    until = time.monotonic() + 10 * SLOWNESS
    while daemon.figures()["descriptors"] > descriptors + 2:
        assert time.monotonic() < until, (descriptors, daemon.figures())
        time.sleep(0.05)


def send(client, data):
    """What the other side takes before it hangs up."""
    try:
        client.sendall(data)
    except OSError:
        pass


def beginnings(dice):
    """What each gate might hear first."""
    word = policy_request("a@x.example", "b@y.example")
    web = b"POST /?command=allow HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    return {
        "postfix_policy": [word, word[:-1], word[:dice.randrange(len(word))], b"request=smtpd_access_policy\n", b"\n" * 1000,
                           b"=\n" * 5000, b"request=smtpd_access_policy\nsender=" + b"a" * (1 << 20) + b"\n\n"],
        "socketmap": [b"11:sasl good@x,", b"99999999999999999999:", b"1048576:" + b"x" * (1 << 20) + b",", b"-1:", b"5:ab,cd,", b":"],
        "tcp_table": [b"get good@x\n", b"put a b\n", b"get " + b"%41" * (1 << 19) + b"\n", b"get %zz\n", b"get\n", b"\n" * 5000],
        "milter": [milter_frame(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF)) + milter_frame(b"B", b"x" * 65535), b"\xff" * 4,
                   milter_frame(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF)) + milter_frame(b"M", b"<a@x>\0" * 5000),
                   struct.pack(">I", 1 << 20) + b"L" + b"x" * (1 << 20), b"\0\0\0\0", milter_frame(b"E"), milter_frame(b"O", b"\0")],
        "auth_policy": [web + b"Content-Length: 1048576\r\n\r\n" + b"{" * (1 << 20), web + b"X: " + b"x" * (1 << 20), web[:30],
                        web + b"Content-Length: 9\r\n\r\n{\"a\":[[[[", web + b"Content-Length: 99999999999999999999\r\n\r\n"],
        "events": [web.replace(b"/?command=allow", b"/v1/events") + b"Content-Length: 8388608\r\n\r\n" + b"[" * (1 << 20),
                   web.replace(b"/?command=allow", b"/v1/events") + b"Transfer-Encoding: chunked\r\n\r\nfffffffff\r\n", b"GET /" + b"x" * (1 << 20)],
        "metrics": [b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 50, b"GET /metrics HTTP/0.9\r\n\r\n", b"\r\n" * 5000],
        "control": [b'{"verb":"status"}\n', b"{" * 3000 + b"\n", b'{"verb":"list add","arguments":{"list":"block","values":["' + b"x" * (5 << 20) + b'"]}}\n',
                    b"\0\n" * 1000, b'{"verb":"' + b"\xff\xfe" * 20 + b'"}\n'],
    }


def test_garbage_at_every_gate(daemon):
    dice = random.Random(SEED)
    for gate in (*STREAMS, *WEB, "control"):
        asks_well(daemon, gate)
    before = daemon.figures()
    with Watch(daemon) as watch:
        for _ in range(12):
            words = beginnings(dice)
            for gate in (*STREAMS, *WEB, "control"):
                for word in [*words[gate], dice.randbytes(dice.randrange(1, 60_000)), dice.choice(words[gate]) + dice.randbytes(2000)]:
                    client = connect(daemon, gate)
                    send(client, word)
                    how = dice.randrange(4)
                    if how == 0:  # reset
                        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    elif how == 1:  # nothing more comes, an answer may
                        try:
                            client.shutdown(socket.SHUT_WR)
                            client.settimeout(2)
                            while client.recv(65536):
                                pass
                        except OSError:
                            pass
                    client.close()
    after = daemon.figures()
    settles(daemon, before["descriptors"])
    print(f"{before['mib']:.0f} MiB before, {after['mib']:.0f} MiB after garbage; {watch.asked} others asked, "
          f"slowest {watch.slowest[0] * 1000:.0f} ms at {watch.slowest[1]}")
    assert after["mib"] - before["mib"] < 100 * SLOWNESS
    assert watch.slowest[0] < ANSWERS_WITHIN, watch.slowest
    daemon.stop()


def test_clients_that_send_a_byte_a_second(daemon):
    for gate in (*STREAMS, *WEB, "control"):
        asks_well(daemon, gate)
    before = daemon.figures()
    words = {gate: beginnings(random.Random(SEED))[gate][0] for gate in (*STREAMS, *WEB)}
    clients = []
    for i in range(100):
        clients += [(connect(daemon, gate, f"127.0.{i}.1"), words[gate]) for gate in (*STREAMS, *WEB)]
    clients += [(connect(daemon, "control"), b'{"verb":"status"}\n') for _ in range(50)]
    with Watch(daemon) as watch:
        for at in range(4):
            for client, word in clients:
                client.sendall(word[at:at + 1])
            time.sleep(1)
        during = daemon.figures()
    for client, _ in clients:
        client.close()
    settles(daemon, before["descriptors"])
    print(f"{len(clients)} slow clients: {before['mib']:.0f} MiB before, {during['mib']:.0f} MiB with them; "
          f"slowest of {watch.asked} others {watch.slowest[0] * 1000:.0f} ms at {watch.slowest[1]}")
    assert during["mib"] - before["mib"] < 60 * SLOWNESS
    assert watch.slowest[0] < ANSWERS_WITHIN, watch.slowest
    daemon.stop()


def test_clients_that_take_no_answers(daemon):
    """They ask as much as the sockets hold and read nothing."""
    before = daemon.figures()
    clients = []
    asked = policy_request("deaf@x.example", "b@y.example") * 400
    for i in range(100):
        client = daemon.connect("postfix_policy", f"127.1.{i}.1")
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.setblocking(False)
        try:
            while client.send(asked):
                pass
        except OSError:
            pass
        clients.append(client)
    with Watch(daemon) as watch:
        time.sleep(1.5)
        during = daemon.figures()
    for client in clients:
        client.close()
    settles(daemon, before["descriptors"])
    print(f"deaf clients: {before['mib']:.0f} MiB before, {during['mib']:.0f} MiB with them; slowest {watch.slowest[0] * 1000:.0f} ms")
    assert during["mib"] - before["mib"] < 60 * SLOWNESS
    # What the sockets held is judged first, slowly with a sanitizer.
    assert SLOWNESS > 1 or watch.slowest[0] < ANSWERS_WITHIN, watch.slowest
    daemon.stop()


@pytest.mark.parametrize("gate,word,most_mib", [
    ("postfix_policy", policy_request("a@x.example", "b@y.example")[:-1], 120),
    ("postfix_policy", b"request=smtpd_access_policy\nsender=" + b"a" * 60_000, 400),
    ("milter", struct.pack(">I", 250_000) + b"B" + b"x" * 200_000, 400),
    ("auth_policy", b"POST /?command=allow HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n" + b"x" * 50_000, 400),
], ids=["policy", "policy-large", "milter-large", "auth-large"])
def test_ten_thousand_connections(make_daemon, gate, word, most_mib):
    quiet = 10_000 if len(word) < 10_000 else 3_000
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < quiet + 2_000:
        pytest.skip("too few descriptors are allowed here")
    daemon = make_daemon()
    # Room for others beside those that are silent.
    daemon.config.write_text(daemon.config.read_text().replace("[guard]\n", f"[guard]\nmost_connections = {quiet + 1000}\n"))
    daemon.start()
    for other in (*STREAMS, *WEB, "control"):
        asks_well(daemon, other)
    before = daemon.figures()
    clients = []
    began = time.monotonic()
    for i in range(quiet):
        client = socket.socket()
        client.bind((f"127.{2 + i // 60_000}.{i // 250 % 250}.{1 + i % 250}", 0))
        client.connect(("127.0.0.1", daemon.ports[gate]))
        client.setblocking(False)
        try:
            client.send(word)
        except OSError:
            pass
        clients.append(client)
    took = time.monotonic() - began
    with Watch(daemon) as watch:
        time.sleep(1)
        status = daemon.ask("status")
        during = daemon.figures()
    for client in clients:
        client.close()
    settles(daemon, before["descriptors"])
    print(f"{quiet} connections with {len(word)} bytes each in {took:.1f} s: {before['mib']:.0f} MiB before, {during['mib']:.0f} MiB with "
          f"them ({status['connections']} open), {daemon.figures()['mib']:.0f} MiB after; slowest of {watch.asked} others "
          f"{watch.slowest[0] * 1000:.0f} ms at {watch.slowest[1]}")
    assert during["mib"] - before["mib"] < most_mib * SLOWNESS
    assert watch.slowest[0] < ANSWERS_WITHIN, watch.slowest
    daemon.stop()


def test_more_connections_than_allowed_wait_their_turn(make_daemon):
    daemon = make_daemon()
    daemon.config.write_text(daemon.config.read_text().replace("[guard]\n", "[guard]\nmost_connections = 50\n"))
    daemon.start()
    first = [PolicyClient(daemon) for _ in range(50)]
    for client in first:
        assert client.ask("a@x.example", "b@y.example", OFFICE) == "DUNNO"
    late = PolicyClient(daemon)
    late.socket.sendall(policy_request("a@x.example", "b@y.example"))
    assert select.select([late.socket], [], [], 0.3)[0] == []
    asks_well(daemon, "milter")  # each gate has its own bound
    first[0].close()
    assert late.answer() == "DUNNO"
    for client in [*first[1:], late]:
        client.close()
    daemon.stop()


@pytest.mark.skipif(SLOWNESS > 1, reason="the sanitizer's check of types needs descriptors of its own")
def test_out_of_descriptors_it_waits_and_goes_on(make_daemon):
    daemon = make_daemon()

    def few():
        resource.setrlimit(resource.RLIMIT_NOFILE, (120, 120))

    daemon.start(preexec_fn=few)
    clients = [daemon.connect("postfix_policy") for _ in range(300)]
    began = daemon.cpu_seconds()
    time.sleep(0.5)
    assert daemon.cpu_seconds() - began < 0.25 * SLOWNESS, "it spins"
    for client in clients:
        client.close()
    until = time.monotonic() + 10 * SLOWNESS
    while True:
        try:
            asks_well(daemon, "postfix_policy")
            break
        except OSError:
            assert time.monotonic() < until
    for n in range(20):
        daemon.ask("account hold", account=f"a{n}@x.example", reason="r")
    daemon.stop()
