"""What tells somebody, beside a real mail server and a receiver of webhooks."""

import email
import email.policy
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))

from private_servers import machine  # noqa: E402
from private_servers.machine import run, wait_for  # noqa: E402
from private_servers.postfix import Postfix  # noqa: E402

DRIVER = os.environ.get("POSTREEVE_ACTION_DRIVER", str(ROOT / "build/dev/tests/action_driver"))
ANNA, RECOVERY, CONTACT = "anna@shop.example", "anna@private.example", "boss@shop.example"
NOC, DESK = "noc@hoster.example", "desk@hoster.example"
ABUSE = "abuse@hoster.example"
BOXES = (ANNA, RECOVERY, CONTACT, NOC, DESK)
INCIDENT = "00000000c0ffee00"
SUNDAY_AT_THREE = 1_772_334_000_000

# Delivered into maildirs by Postfix's own virtual(8).
MAILBOXES = """
virtual_mailbox_domains = shop.example private.example hoster.example
virtual_mailbox_base = {folder}/boxes
virtual_mailbox_maps = inline:{{ {maps} }}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
"""

SERVICE = {"smtpd_sasl_auth_enable": "no", "mynetworks": "127.0.0.0/8",
           "smtpd_relay_restrictions": "permit_mynetworks, reject",
           "smtpd_recipient_restrictions": "check_recipient_access inline:{ { later@shop.example = 451 4.3.0 later, "
                                           "please } }, permit_mynetworks, reject"}


def entry(**changed):
    return {"account": ANNA, "before": "watched", "after": "held", "incident": 0xC0FFEE00, "time": SUNDAY_AT_THREE,
            "tenant": "", "client": "198.51.100.7", "risk": 6, "messages": 3, "recipients": 41, "author": "postreeve",
            "reason": "", "evidence": ["first login ever from Vietnam"], **changed}


class Action:
    """One configured action and its ledger, driven as the daemon's worker would."""

    def __init__(self, type_, settings):
        self.type, self.settings = type_, settings
        self.folder = machine.folder()

    def run(self, **asked):
        given = {"type": self.type, "settings": self.settings, "state_folder": str(self.folder), "steps": [], **asked}
        done = subprocess.run([DRIVER], input=json.dumps(given), capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def once(self, **changed):
        """The action alone, without a row of the outbox."""
        return self.run(entry=entry(**changed), steps=["carry_out"])

    def through_the_ledger(self, at=SUNDAY_AT_THREE, recorded=None, **more):
        if recorded is not None:
            more["entry"] = recorded
        return self.run(take_at=at, **more)

    def remove(self):
        shutil.rmtree(self.folder)


class MailWorld:
    def __init__(self):
        self.folder = machine.folder()
        maps = ", ".join(f"{{ {box} = {box}/ }}" for box in BOXES + ("later@shop.example",))
        (self.folder / "boxes").mkdir()
        shutil.chown(self.folder / "boxes", "nobody", "nogroup")
        self.postfix = Postfix(self.folder / "postfix", "none", 1,
                               {"mta": SERVICE},
                               MAILBOXES.format(folder=self.folder, maps=maps))
        self.smtp = f"127.0.0.1:{self.postfix.ports['mta']}"

    def raw(self, box):
        """Messages of the mailbox as they lie there, without the trace that the server put before them."""
        self.postfix.settle()
        new = self.folder / "boxes" / box / "new"
        return [file.read_bytes() for file in sorted(new.glob("*"))] if new.is_dir() else []

    def mails(self, box):
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.raw(box)]

    def clear(self):
        self.postfix.settle()
        for box in (self.folder / "boxes").iterdir():
            shutil.rmtree(box)

    def stop(self):
        self.postfix.stop()
        shutil.rmtree(self.folder)


class Authority:
    """A certificate authority below a root, and a certificate for abuse@."""

    def __init__(self, folder):
        self.folder, self.root = folder, folder / "root.pem"
        self._issue("root", "/CN=Root", None, "basicConstraints=critical,CA:TRUE")
        self._issue("ca", "/CN=Mail CA", "root", "basicConstraints=critical,CA:TRUE")
        self.key, self.certificate = self.issue("abuse", days=30)

    def issue(self, name, days):
        extension = f"keyUsage=digitalSignature\nextendedKeyUsage=emailProtection\nsubjectAltName=email:{ABUSE}"
        self._issue(name, f"/CN=Abuse desk/emailAddress={ABUSE}", "ca", extension, days)
        bundle = self.folder / f"{name}-chain.pem"
        bundle.write_text((self.folder / f"{name}.pem").read_text() + (self.folder / "ca.pem").read_text())
        return str(self.folder / f"{name}.key"), str(bundle)

    def _issue(self, name, subject, issuer, extensions, days=30):
        key, request, made = (self.folder / f"{name}.{end}" for end in ("key", "csr", "pem"))
        (self.folder / f"{name}.ext").write_text(extensions + "\n")
        run("openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", subject)
        sign = ["-signkey", key] if issuer is None else ["-CA", self.folder / f"{issuer}.pem", "-CAkey",
                                                         self.folder / f"{issuer}.key", "-CAcreateserial"]
        run("openssl", "x509", "-req", "-in", request, "-out", made, "-days", str(days), "-extfile",
            self.folder / f"{name}.ext", *sign)


class Receiver:
    """Takes what is posted and answers as `answers` says, one after the other; then 200."""

    def __init__(self):
        self.requests, self.answers = [], []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append((self.path, self.headers, body))
                status, headers, text = receiver.answers.pop(0) if receiver.answers else (200, {}, b"ok")
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def fail(self, status, headers=None, text=b""):
        self.answers.append((status, headers or {}, text))

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


__all__ = ["wait_for"]
