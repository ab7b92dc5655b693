"""A private `postreeve serve`: its folder, its ports, its control socket, and clients of its gates."""

import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import time

from private_servers import machine

ROOT = pathlib.Path(__file__).resolve().parents[2]
POSTREEVE = str((pathlib.Path.cwd() / os.environ.get("POSTREEVE_BINARY", ROOT / "build/release/postreeve")).resolve())
# Sanitizers take their time; what is asserted of speed is asserted of the release build.
SLOWNESS = float(os.environ.get("POSTREEVE_SLOWNESS", "1"))
SEED = int(os.environ.get("POSTREEVE_SEED", "0")) or random.randrange(1 << 32)
GATES = ("gate.postfix_policy", "gate.socketmap", "gate.tcp_table", "gate.milter", "gate.auth_policy", "gate.events",
         "metrics")


def wait_for(what, seconds=15, **says):
    return machine.wait_for(what, seconds * SLOWNESS, **says)


class Refused(Exception):
    """The daemon's answer was an error."""

    def __init__(self, error):
        super().__init__(error["text"])
        self.code = error["code"]
        self.text = error["text"]


class Control:
    """One connection to the control socket. OSError and ConnectionError: the daemon is gone."""

    def __init__(self, path, timeout=60):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(str(path))
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.file.close()
        self.socket.close()

    def raw(self, line):
        self.socket.sendall(line + b"\n")
        answer = self.file.readline()
        if not answer.endswith(b"\n"):
            raise ConnectionError("no answer")
        return answer

    def ask(self, verb, **arguments):
        answer = json.loads(self.raw(json.dumps({"verb": verb, "arguments": arguments}).encode()))
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["data"]


class Daemon:
    def __init__(self, folder, settings="", gates=GATES, state=None):
        self.folder = pathlib.Path(folder)
        self.state = pathlib.Path(state or self.folder / "state") / "state.db"
        self.control_path = self.folder / "control.sock"
        self.config = self.folder / "postreeve.toml"
        self.log_path = self.folder / "log"
        self.gates = gates
        self.process = None
        self.ports = {}
        self.configure(settings)

    def configure(self, settings="", mode="enforce"):
        text = f'[guard]\nmode = "{mode}"\n' if mode else ""
        text += f'[state]\npath = "{self.state}"\n[control]\nsocket = "{self.control_path}"\n'
        text += "".join(f'[{gate}]\nlisten = ["127.0.0.1:0"]\n' for gate in self.gates)
        self.config.write_text(text + settings)

    def launch(self, **more):
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen([POSTREEVE, "serve", "--config", self.config], stdout=log, stderr=log, **more)
        return self

    def start(self, **more):
        self.launch(**more)
        until = time.monotonic() + 30 * SLOWNESS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise AssertionError(f"serve ended with {self.process.returncode}:\n{self.log()[-3000:]}")
            try:
                with self.control() as control:
                    self.read_ports(control.ask("status"))
                return self
            except (OSError, ConnectionError):
                time.sleep(0.01)
        raise AssertionError("serve did not start:\n" + self.log()[-3000:])

    def read_ports(self, status):
        for line in status["listening"]:
            name, where = line.split(" ", 1)
            self.ports[name] = where.removeprefix("unix:") if where.startswith("unix:") else int(where.rpartition(":")[2])

    def control(self, timeout=60):
        return Control(self.control_path, timeout)

    def ask(self, verb, **arguments):
        with self.control() as control:
            return control.ask(verb, **arguments)

    def command(self, *words, **more):
        """The command line, as a person types it."""
        return subprocess.run([POSTREEVE, *words, "--config", self.config], capture_output=True, text=True, timeout=60, cwd=self.folder, **more)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, patience=20):
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(patience * SLOWNESS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("serve did not stop:\n" + self.log()[-3000:]) from None
        assert code == 0, f"serve ended with {code}:\n{self.log()[-6000:]}"

    def end(self):
        if self.process and self.process.poll() is None:
            self.kill()

    def log(self):
        return self.log_path.read_text(errors="replace")

    def figures(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        resident = int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024
        return {"mib": resident, "descriptors": len(os.listdir(f"/proc/{self.process.pid}/fd")),
                "threads": int(re.search(r"Threads:\s+(\d+)", status).group(1))}

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def connect(self, gate, source=None, timeout=20):
        if isinstance(self.ports[gate], str):
            client = socket.socket(socket.AF_UNIX)
            client.settimeout(timeout)
            client.connect(self.ports[gate])
            return client
        client = socket.socket()
        client.settimeout(timeout)
        if source:
            client.bind((source, 0))
        client.connect(("127.0.0.1", self.ports[gate]))
        return client


def policy_request(account, recipient, client="192.0.2.7", instance="", state="RCPT", **more):
    fields = {"request": "smtpd_access_policy", "protocol_state": state, "protocol_name": "ESMTP",
              "client_address": client, "client_name": "host.example.net", "helo_name": "phone", "sender": account,
              "recipient": recipient, "recipient_count": "0", "instance": instance, "sasl_method": "plain",
              "sasl_username": account, "encryption_protocol": "TLSv1.3"}
    fields.update(more)
    return "".join(f"{name}={value}\n" for name, value in fields.items()).encode() + b"\n"


class PolicyClient:
    def __init__(self, daemon, timeout=20):
        self.socket = daemon.connect("postfix_policy", timeout=timeout)
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.file.close()
        self.socket.close()

    def answer(self):
        line = self.file.readline()
        if not line.startswith(b"action=") or self.file.readline() != b"\n":
            raise ConnectionError("no answer")
        return line[7:-1].decode()

    def ask(self, *arguments, **more):
        self.socket.sendall(policy_request(*arguments, **more))
        return self.answer()


def http(daemon, gate, method, path, body=b"", headers=(), timeout=60):
    """The status and the body of an answer."""
    with daemon.connect(gate, timeout=timeout) as client:
        head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
        client.sendall((head + "".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n").encode() + body)
        with client.makefile("rb") as file:
            answer = file.read()
    head, _, rest = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 "):
        raise ConnectionError("no answer")
    return int(head[9:12]), rest


OFFICE, THIEF = "192.0.2.10", "203.0.113.66"


def three_weeks(account, now=None):
    """What an office worker did up to now, as lines of a trace."""
    at = (now or time.time()) - 21 * 86400
    lines = []
    for day in range(21):
        for i in range(4):
            stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at + day * 86400 + i * 3600))
            session = {"time": stamp, "account": account, "client_address": OFFICE, "helo_name": "laptop", "service": "smtp"}
            lines.append(session | {"event": "login", "result": "success"})
            lines.append(session | {"event": "submission", "queue_id": f"{account}.{day}.{i}", "sender": account,
                                    "recipients": [f"contact{i}@y.example"], "size": 2400})
    return [json.dumps(line) for line in lines]


def teach(daemon, accounts):
    token = daemon.ask("token add", name=f"teacher{random.randrange(1 << 40)}", events=["*"])["token"]
    body = "\n".join(line for account in accounts for line in three_weeks(account)).encode()
    status, answer = http(daemon, "events", "POST", "/v1/events", body,
                          [("Authorization", f"Bearer {token}"), ("Content-Type", "application/x-ndjson")])
    assert status == 202, (status, answer)
