"""Start, reload and stop: what the operator and systemd see."""

import os
import signal
import socket
import struct
import subprocess
import threading
import time

import pytest

from daemon import OFFICE, POSTREEVE, SLOWNESS, PolicyClient, http, policy_request, wait_for


LIMITED = '[[limit]]\nname = "few"\ncount = "recipients"\nrate = "3/1h"\naction = "defer"\n'


class Asker(threading.Thread):
    """Asks one request after the other; every one must be answered."""

    def __init__(self, daemon, number):
        super().__init__()
        self.server, self.number = daemon, number
        self.is_over = threading.Event()
        self.answers, self.slowest, self.fault = {}, 0.0, None

    def run(self):
        try:
            with PolicyClient(self.server) as client:
                n = 0
                while not self.is_over.is_set():
                    began = time.monotonic()
                    action = client.ask(f"u{self.number}.{n}@x.example", "b@y.example", OFFICE).split()[0]
                    self.slowest = max(self.slowest, time.monotonic() - began)
                    self.answers[action] = self.answers.get(action, 0) + 1
                    n += 1
        except Exception as fault:
            self.fault = fault


def test_reload_under_load_loses_no_request(make_daemon):
    daemon = make_daemon().start()
    askers = [Asker(daemon, n) for n in range(3)]
    for asker in askers:
        asker.start()

    def limited():
        with PolicyClient(daemon) as client:
            return [client.ask("many@x.example", f"b{time.monotonic_ns()}@y.example", OFFICE) for _ in range(5)][-1]

    def hang_up(settings, says):
        before = daemon.log().count(says)
        daemon.configure(settings)
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: daemon.log().count(says) > before)

    try:
        assert limited() == "DUNNO"
        for _ in range(5):
            hang_up(LIMITED, "configuration read anew")
            assert limited().startswith("4")
            hang_up('[canaries]\nnonsense = 3\n', "configuration not changed")
            assert f"{daemon.config}:" in daemon.log() and "nonsense" in daemon.log()
            assert limited().startswith("4"), "the old configuration stays"
            hang_up("[[limit]\n", "configuration not changed")
            hang_up("", "configuration read anew")
            assert limited() == "DUNNO"
        for _ in range(100):  # a storm of them
            daemon.process.send_signal(signal.SIGHUP)
        canaries = daemon.folder / "canaries"
        canaries.write_text("trap@y.example\n")
        hang_up(f'[canaries]\nfile = "{canaries}"\n', "configuration read anew")
        canaries.write_text("this is no address\n")
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: f"{canaries}:1" in daemon.log())
    finally:
        for asker in askers:
            asker.is_over.set()
        for asker in askers:
            asker.join()
    for asker in askers:
        assert not asker.fault, asker.fault
        assert set(asker.answers) == {"DUNNO"}, asker.answers
        assert asker.slowest < 1 * SLOWNESS, asker.slowest
    daemon.stop()


def test_a_stop_answers_what_was_asked(make_daemon):
    daemon = make_daemon().start()
    for _ in range(5):
        with PolicyClient(daemon) as busy, PolicyClient(daemon), daemon.control() as control, daemon.control():
            asked = [policy_request(f"a{n}@x.example", "b@y.example", OFFICE) for n in range(300)]
            busy.socket.sendall(b"".join(asked))
            control.socket.sendall(b'{"verb":"account hold","arguments":{"account":"held@x.example","reason":"r"}}\n')
            began = time.monotonic()
            daemon.process.send_signal(signal.SIGTERM)
            assert [busy.answer() for _ in asked] == ["DUNNO"] * len(asked)
            assert busy.file.read() == b""
            assert b'"standing":"held"' in control.file.readline()
            assert daemon.process.wait(10 * SLOWNESS) == 0, daemon.log()
            assert time.monotonic() - began < 3 * SLOWNESS
        assert "stopped" in daemon.log().splitlines()[-1]
        assert not daemon.control_path.exists()
        daemon.start()
        assert daemon.ask("account standing", account="held@x.example")["standing"] == "held"
        daemon.ask("account release", account="held@x.example", reason="r")
    daemon.stop()


def test_a_stop_does_not_wait_for_those_who_say_nothing(make_daemon):
    daemon = make_daemon().start()
    clients = []
    for gate in daemon.ports:
        clients += [daemon.connect(gate), daemon.connect(gate)]
        clients[-1].sendall(b"half a requ")
    began = time.monotonic()
    daemon.stop()
    assert time.monotonic() - began < 2 * SLOWNESS
    for client in clients:
        client.close()


def test_stops_at_random_moments_under_load(make_daemon):
    daemon = make_daemon()
    for n in range(12):
        daemon.start()
        askers = [Asker(daemon, f"{n}.{i}") for i in range(3)]
        for asker in askers:
            asker.start()
        time.sleep(0.01 + n * 0.013)
        daemon.stop()
        for asker in askers:
            asker.is_over.set()
            asker.join()
    for line in daemon.log().splitlines():
        assert " error " not in line and "internal" not in line, line


def ends_with(daemon, code, *words, **more):
    daemon.launch(**more)
    got = daemon.process.wait(20 * SLOWNESS)
    text = daemon.log_path.read_text()
    assert got == code, (got, text)
    said = text.strip().splitlines()[-1]
    assert said.startswith("postreeve: ") and all(word in said for word in words), said
    return said


def test_a_second_server_on_the_same_state_is_refused(make_daemon):
    first = make_daemon().start()
    second = make_daemon(name="two", state=first.state.parent)
    ends_with(second, 69, str(first.state), "another")
    with PolicyClient(first) as client:
        assert client.ask("a@x.example", "b@y.example", OFFICE) == "DUNNO"
    first.kill()
    second.start()
    second.stop()


def test_a_second_server_on_the_same_port_or_socket_is_refused(make_daemon):
    first = make_daemon().start()
    second = make_daemon(name="two", gates=())
    port = first.ports["milter"]
    second.configure(f'[gate.milter]\nlisten = ["127.0.0.1:{port}"]\n')
    ends_with(second, 69, "gate.milter", f"127.0.0.1:{port}", "in use")
    second.control_path = first.control_path
    second.configure()
    ends_with(second, 69, str(first.control_path), "in use")
    assert first.ask("status")["mode"] == "enforce"
    first.stop()


def test_what_cannot_be_opened_is_told_in_one_sentence(make_daemon, tmp_path):
    daemon = make_daemon()
    daemon.configure('user = "nobody-at-all"\n', mode=None)
    daemon.config.write_text('[guard]\nuser = "nobody-at-all"\n' + daemon.config.read_text().replace('user = "nobody-at-all"\n', ""))
    ends_with(daemon, 77, "nobody-at-all", "guard")
    key = daemon.folder / "key"
    text = '[guard]\nmode = "observe"\n[state]\npath = "{state}"\nkey_file = "{key}"\n[control]\nsocket = "{control}"\n'
    daemon.config.write_text(text.format(state=daemon.state, key=key, control=daemon.control_path))
    key.write_bytes(b"k" * 32)
    key.chmod(0o644)
    ends_with(daemon, 69, str(key), "chmod 600")
    key.chmod(0o600)
    key.write_bytes(b"k" * 31)
    ends_with(daemon, 65, str(key), "32 bytes")
    key.write_bytes(b"k" * 32)
    daemon.start()
    daemon.stop()
    if os.getuid() == 0:
        folder = tmp_path / "of nobody"
        folder.mkdir()
        for where in (folder, daemon.folder):
            os.chown(where, 65534, 65534)
        os.chmod(tmp_path, 0o755)
        daemon.config.write_text(text.format(state=folder / "state.db", key=key, control=daemon.control_path))
        parent = tmp_path
        while parent != parent.parent and os.access(parent, os.X_OK):
            os.chmod(parent, os.stat(parent).st_mode | 0o011) if str(parent).startswith("/tmp/") else None
            parent = parent.parent
        ends_with(daemon, 69, str(key), "ermission", user=65534, group=65534, extra_groups=[])
    daemon.config.write_text("[guard]\nmode = 'perhaps'\n")
    daemon.launch()
    assert daemon.process.wait(20 * SLOWNESS) == 78
    assert f"{daemon.config}:2" in daemon.log()


def becoming_nobody(make_daemon, tmp_path, state, control):
    """A daemon that root starts and that becomes nobody, with its files where they are said to be."""
    if os.getuid() != 0:
        pytest.skip("only root can become somebody else")
    daemon = make_daemon()
    daemon.state, daemon.control_path = state / "state.db", control / "control.sock"
    daemon.configure()
    daemon.config.write_text(daemon.config.read_text().replace('mode = "enforce"\n', 'mode = "enforce"\nuser = "nobody"\n'))
    parent = tmp_path
    while str(parent) != "/tmp":
        os.chmod(parent, os.stat(parent).st_mode | 0o011)
        parent = parent.parent
    return daemon


def test_it_gives_up_root(make_daemon, tmp_path):
    daemon = becoming_nobody(make_daemon, tmp_path, tmp_path / "new" / "state", tmp_path / "run")
    daemon.start()
    assert os.stat(f"/proc/{daemon.process.pid}").st_uid == 65534
    for made in (tmp_path / "new", tmp_path / "new" / "state", tmp_path / "run"):
        assert made.stat().st_uid == 65534, made
    assert tmp_path.stat().st_uid == 0
    daemon.stop()


@pytest.mark.parametrize("what", ["state", "run"])
def test_it_gives_away_no_folder_that_was_there(make_daemon, tmp_path, what):
    theirs = tmp_path / what
    theirs.mkdir(mode=0o755)
    daemon = becoming_nobody(make_daemon, tmp_path, tmp_path / "state", tmp_path / "run")
    ends_with(daemon, 77, str(theirs), "nobody", "chown")
    assert theirs.stat().st_uid == 0
    os.chown(theirs, 65534, 65534)
    daemon.start()
    daemon.stop()


class Notices:
    """The socket that systemd would listen on."""

    def __init__(self, folder):
        self.path = str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(10 * SLOWNESS)

    def wait_for(self, word):
        seen = []
        while word not in seen:
            seen += self.socket.recv(4096).decode().splitlines()
        return seen


def test_systemd_is_told(make_daemon, tmp_path):
    notices = Notices(tmp_path)
    daemon = make_daemon()
    daemon.start(env={**os.environ, "NOTIFY_SOCKET": notices.path, "WATCHDOG_USEC": "3000000"})
    notices.wait_for("READY=1")
    for _ in range(2):
        notices.wait_for("WATCHDOG=1")
    daemon.process.send_signal(signal.SIGHUP)
    seen = notices.wait_for("RELOADING=1")
    seen += notices.wait_for("READY=1")
    assert any(line.startswith("MONOTONIC_USEC=") for line in seen)
    daemon.process.send_signal(signal.SIGTERM)
    notices.wait_for("STOPPING=1")
    assert daemon.process.wait(10 * SLOWNESS) == 0


def activated(daemon, listeners):
    """Starts it as systemd does: descriptors from 3 on, with their names."""

    def pass_on():
        copies = [os.dup(listener.fileno()) for _, listener in listeners]
        for i, copy in enumerate(copies):
            os.dup2(copy, 3 + i, inheritable=True)
        os.environ["LISTEN_PID"] = str(os.getpid())
        os.environ["LISTEN_FDS"] = str(len(listeners))
        os.environ["LISTEN_FDNAMES"] = ":".join(name for name, _ in listeners)
        os.execv(POSTREEVE, [POSTREEVE, "serve", "--config", str(daemon.config)])

    with daemon.log_path.open("ab") as log:
        daemon.process = subprocess.Popen(["postreeve"], executable="/bin/true", stdout=log, stderr=log, preexec_fn=pass_on,
                                          close_fds=False)


def listener(family=socket.AF_INET, where=("127.0.0.1", 0)):
    made = socket.socket(family)
    made.bind(where)
    made.listen(128)
    return made


def test_systemd_may_open_the_sockets(make_daemon):
    daemon = make_daemon(gates=())
    daemon.configure('[gate.postfix_policy]\nlisten = ["127.0.0.1:1"]\n[metrics]\nlisten = ["127.0.0.1:1"]\n')
    policy, metrics = listener(), listener()
    activated(daemon, [("postfix_policy", policy), ("metrics", metrics)])
    daemon.ports = {"postfix_policy": policy.getsockname()[1], "metrics": metrics.getsockname()[1]}
    with PolicyClient(daemon) as client:  # answered once it is ready: nobody is refused meanwhile
        assert client.ask("a@x.example", "b@y.example", OFFICE) == "DUNNO"
    wait_for(lambda: daemon.control_path.exists())
    daemon.read_ports(daemon.ask("status"))
    assert daemon.ports["postfix_policy"] == policy.getsockname()[1]
    daemon.stop()


def test_systemd_may_open_several_sockets_of_one_gate(make_daemon, tmp_path):
    daemon = make_daemon(gates=())
    path = str(tmp_path / "policy.sock")
    daemon.configure(f'[gate.postfix_policy]\nlisten = ["unix:{path}", "127.0.0.1:1", "127.0.0.1:0"]\n'
                     f'[metrics]\nlisten = ["127.0.0.1:0", "unix:{tmp_path}/metrics.sock"]\n')
    policy, local = listener(), listener(socket.AF_UNIX, path)
    metrics = listener(socket.AF_UNIX, str(tmp_path / "metrics.sock"))
    activated(daemon, [("postfix_policy", policy), ("postfix_policy", local), ("metrics", metrics)])
    for where in (policy.getsockname()[1], path):
        daemon.ports = {"postfix_policy": where}
        with PolicyClient(daemon) as client:
            assert client.ask("a@x.example", "b@y.example", OFFICE) == "DUNNO"
    wait_for(lambda: daemon.control_path.exists())
    listening = daemon.ask("status")["listening"]
    assert len([one for one in listening if one.startswith("postfix_policy ")]) == 3, listening
    daemon.ports = {"metrics": metrics.getsockname()}
    assert http(daemon, "metrics", "GET", "/livez")[0] == 200
    daemon.stop()


@pytest.mark.parametrize("kind", ["unix", "udp", "file"])
def test_a_socket_of_another_kind_is_refused(make_daemon, tmp_path, kind):
    daemon = make_daemon(gates=())
    daemon.configure('[gate.postfix_policy]\nlisten = ["127.0.0.1:1"]\n')
    if kind == "unix":
        passed = listener(socket.AF_UNIX, str(tmp_path / "other.sock"))
    elif kind == "udp":
        passed = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    else:
        passed = (tmp_path / "file").open("w")
    activated(daemon, [("postfix_policy", passed)])
    assert daemon.process.wait(20 * SLOWNESS) == 69, daemon.log()
    said = daemon.log().strip().splitlines()[-1]
    assert said.startswith("postreeve: [gate.postfix_policy]"), said


def test_the_mode_that_was_chosen_last_survives(make_daemon):
    daemon = make_daemon()
    daemon.configure(mode=None)
    daemon.start()
    assert daemon.ask("mode")["mode"] == "observe"
    daemon.ask("mode", mode="enforce")
    daemon.ask("account hold", account="enforce", reason="its name is not a mode")
    for _ in range(3):
        daemon.ask("mode")
    daemon.kill()
    daemon.start()
    assert daemon.ask("mode")["mode"] == "enforce"
    daemon.ask("mode", mode="observe")
    daemon.kill()
    daemon.start()
    assert daemon.ask("mode")["mode"] == "observe"
    daemon.stop()


def test_nobody_who_reads_the_log_is_needed(make_daemon):
    daemon = make_daemon()
    reader, writer = os.pipe()
    daemon.process = subprocess.Popen([POSTREEVE, "serve", "--config", daemon.config], stdout=writer, stderr=writer)
    os.close(writer)
    os.read(reader, 1)
    os.close(reader)
    wait_for(lambda: daemon.control_path.exists())
    daemon.process.send_signal(signal.SIGHUP)  # says something, into a pipe that nobody reads
    time.sleep(0.3)
    assert daemon.ask("status")["mode"] == "enforce"
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.process.wait(10 * SLOWNESS) == 0
