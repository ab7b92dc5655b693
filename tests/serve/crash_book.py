"""What a daemon acknowledged while a crew worked with it, and whether it is all there after a kill.

A crew works until the daemon is gone. Where the disk is full it is told so: what was answered with "unavailable" may be
there afterwards or not, and nothing else may."""

import json
import random
import sqlite3
import stat
import threading
import time

from daemon import OFFICE, SEED, SLOWNESS, THIEF, PolicyClient, Refused, policy_request

MOST_LEARNING_LOST = 2.0 * SLOWNESS  # seconds
RESTRICTED = ("slowed", "held", "suspended")
HOOK = """#!/bin/sh
# Its effect lasts: a file for each suspended account.
if [ "$POSTREEVE_DIRECTION" = undo ]; then rm -f -- "$1/$POSTREEVE_ACCOUNT"; else : > "$1/$POSTREEVE_ACCOUNT"; fi
"""


class Panel:
    """A system that learns of suspensions through a hook."""

    def __init__(self, folder):
        self.effects = folder / "effects"
        self.effects.mkdir()
        self.hook = folder / "hook"
        self.hook.write_text(HOOK)
        self.hook.chmod(self.hook.stat().st_mode | stat.S_IXUSR)

    def settings(self):
        command = json.dumps([str(self.hook), str(self.effects)])
        return f"""[response]
suspended = ["panel"]
[action.panel]
type = "command_hook"
command = {command}
undo_command = {command}
"""

    def suspended(self):
        return {path.name for path in self.effects.iterdir()}


class Book:
    """What the daemon acknowledged, and what was under way when it was killed."""

    def __init__(self):
        self.lock = threading.Lock()
        self.standings = {}  # account: what it may be now
        self.lists = {}  # (list, value): whether it may be there
        self.notes = {}  # text: its incident
        self.reasons = set()  # of the audit trail
        self.tokens = set()
        self.policies = {}  # account: the networks it may be restricted to
        self.restricted = {}  # account: the incident that an answer to a mail server followed from
        self.learned = {}  # account: when its first request was answered
        self.answers = 0
        self.unavailable = 0  # answers that promise nothing


class Worker(threading.Thread):
    """Works until the daemon is gone. Each has accounts and values of its own, so that it knows what they are."""

    def __init__(self, daemon, book, number, life):
        super().__init__()
        self.daemon_process, self.book, self.number = daemon, book, number
        self.random = random.Random(f"{SEED}.{life}.{number}")
        self.name_base = f"{life}.{number}"
        self.made = 0
        self.fault = None

    def run(self):
        try:
            self.work()
        except OSError:  # also ConnectionError, a time-out
            pass
        except Exception as fault:
            self.fault = fault

    def fresh(self, prefix):
        self.made += 1
        return f"{prefix}{self.name_base}.{self.made}"

    def is_acknowledged(self, control, verb, **arguments):
        """Whether the daemon says that it is on the disk."""
        try:
            control.ask(verb, **arguments)
        except Refused as refused:
            if refused.code != "unavailable":
                raise
            self.book.unavailable += 1
            return False
        self.book.answers += 1
        return True


class ListKeeper(Worker):
    def work(self):
        with self.daemon_process.control(timeout=10) as control:
            while True:
                self.random.choice((self.order, self.order, self.change_list, self.note, self.policy, self.token))(control)

    def order(self, control):
        account = f"order{self.number}.{self.random.randrange(8)}@x.example"
        verb, result = self.random.choice((("suspend", "suspended"), ("hold", "held"), ("release", None)))
        before = self.book.standings.get(account, {"clear"})
        lifted = {"recovering" if level in RESTRICTED else "clear" for level in before}
        if verb == "release" and account not in self.book.standings:
            return
        reason = self.fresh("why")
        self.book.standings[account] = before | ({result} if result else lifted)
        try:
            if self.is_acknowledged(control, f"account {verb}", account=account, reason=reason):
                self.book.standings[account] = {result} if result else lifted
                self.book.reasons.add(reason)
        except Refused as refused:  # known only once an order under way was carried out, or is that already
            assert refused.code in ("conflict", "not_found"), refused.text
            self.book.standings[account] = before

    def change_list(self, control):
        n = self.random.randrange(60)
        which, value = self.random.choice((("block", f"10.{self.number}.{n}.0/24"), ("allow", f"friend{self.number}.{n}@x.example"),
                                           ("canary", f"trap{self.number}.{n}@y.example")))
        key = (which, value)
        known = self.book.lists.get(key, {False})
        if True in known and self.random.random() < 0.5:
            self.book.lists[key] = known | {False}
            try:
                if self.is_acknowledged(control, "list remove", list=which, value=value):
                    self.book.lists[key] = {False}
            except Refused as refused:
                assert refused.code == "not_found" and False in known, refused.text
                self.book.lists[key] = {False}
        else:
            self.book.lists[key] = known | {True}
            if self.is_acknowledged(control, "list add", list=which, values=[value], comment=self.fresh("c")):
                self.book.lists[key] = {True}

    def note(self, control):
        incidents = control.ask("incident list", most=20)
        if not incidents:
            return
        incident = self.random.choice(incidents)["incident"]
        text = self.fresh("note")
        if self.is_acknowledged(control, "incident note", incident=incident, text=text):
            self.book.notes[text] = incident

    def policy(self, control):
        account = f"policy{self.number}.{self.random.randrange(5)}@x.example"
        network = f"10.99.{self.random.randrange(200)}.0/24"
        self.book.policies[account] = self.book.policies.get(account, {None}) | {network}
        if self.is_acknowledged(control, "account policy", account=account, only_networks=[network]):
            self.book.policies[account] = {network}

    def token(self, control):
        name = self.fresh("token")
        if self.is_acknowledged(control, "token add", name=name, events=["login"]):
            self.book.tokens.add(name)


class MailServer(Worker):
    """Honest mail of ever new accounts: each answered request is something learned."""

    def work(self):
        with PolicyClient(self.daemon_process, timeout=10) as client:
            while True:
                account = self.fresh("user") + "@x.example"
                asked = [policy_request(account, f"b{i}@y.example", OFFICE, account) for i in range(4)]
                client.socket.sendall(b"".join(asked))
                for _ in asked:
                    client.answer()
                self.book.learned[account] = time.monotonic()
                self.book.answers += 4
                time.sleep(0.002)


class Thief(Worker):
    """Takes over accounts with a past: an answer that restricts promises a standing that lasts."""

    def __init__(self, daemon, book, number, life, accounts):
        super().__init__(daemon, book, number, life)
        self.accounts = accounts

    def work(self):
        with PolicyClient(self.daemon_process, timeout=10) as client:
            for account in self.accounts:
                for i in range(12):
                    for state in ("RCPT", "DATA"):
                        action = client.ask(account, f"victim{i}@z{i}.example", THIEF, f"{account}{i}", state, helo_name="ylmf-pc")
                        if not action.startswith("DUNNO"):
                            self.book.restricted[account] = action
                time.sleep(0.02)


def check(daemon, book, killed, connection):
    with daemon.control() as control:
        for account, levels in book.standings.items():
            try:
                level = control.ask("account standing", account=account)["standing"]
            except Refused as refused:
                assert refused.code == "not_found" and "clear" in levels, (account, levels, refused.text)
                level = "clear"
            assert level in levels, f"{account} is {level}, was acknowledged as {levels}"
            book.standings[account] = {level}
        there = {(row["list"], row["value"]) for row in control.ask("list show")}
        for key, states in book.lists.items():
            assert (key in there) in states, f"{key} is {key in there}, was acknowledged as {states}"
            book.lists[key] = {key in there}
        for account, networks in book.policies.items():
            shown = control.ask("account policy", account=account)["only_networks"]
            assert (shown[0] if shown else None) in networks, (account, shown, networks)
        names = {row["name"] for row in control.ask("token list")}
        assert book.tokens <= names, book.tokens - names
        for account, action in book.restricted.items():
            standing = control.ask("account standing", account=account)
            assert standing["standing"] in RESTRICTED, (account, action, standing)
            shown = control.ask("incident show", incident=standing["incident"])
            assert shown["account"] == account and shown["timeline"], shown
        lost = 0
        for account, when in book.learned.items():
            try:
                known = control.ask("account show", account=account)["recipients_known"] >= 4
            except Refused:
                known = False
            assert known or killed - when < MOST_LEARNING_LOST, f"{account} was forgotten {killed - when:.2f} s before the kill"
            lost += not known
        book.learned.clear()
    rows = dict(connection.execute("SELECT says, incident FROM timeline WHERE kind = 'note'"))
    for text, incident in book.notes.items():
        assert rows.get(text) == incident, (text, incident, rows.get(text))
    reasons = {row[0] for row in connection.execute("SELECT reason FROM audit")}
    assert book.reasons <= reasons, book.reasons - reasons
    check_outbox(daemon, book, connection)
    return lost


def check_outbox(daemon, book, connection):
    """A suspension and what it calls for are on the disk together, and so are its end and the undoing."""
    asked_for = {}
    for account, payload in connection.execute("SELECT account, payload FROM outbox WHERE kind = 'panel' ORDER BY id"):
        asked_for.setdefault(account, []).append(json.loads(payload)["direction"])
    # What was answered with "unavailable" may have left no row, nor the change that followed it a whole pair.
    for account, directions in asked_for.items() if not book.unavailable else ():
        assert directions == (["carry_out", "undo"] * len(directions))[:len(directions)], (account, directions)
    with daemon.control() as control:
        for account in {*book.standings, *book.restricted}:
            try:
                level = control.ask("account standing", account=account)["standing"]
            except Refused:
                level = "clear"
            last = asked_for.get(account, ["undo"])[-1]
            assert (last == "carry_out") == (level == "suspended"), (account, level, last)


def wait_for_the_panel(daemon, book, panel):
    """What was asked for is done in the end, and what was taken back is undone."""
    with daemon.control() as control:
        until = time.monotonic() + 60 * SLOWNESS
        while rows := control.ask("action list"):
            assert time.monotonic() < until, rows[:5]
            time.sleep(0.05)
        assert control.ask("action list", given_up=True) == []
        suspended = {account for account in {*book.standings, *book.restricted}
                     if account in book.restricted or book.standings[account] != {"clear"}}
        suspended = {a for a in suspended if control.ask("account standing", account=a)["standing"] == "suspended"}
    assert panel.suspended() == suspended


def open_read_only(daemon):
    return sqlite3.connect(f"file:{daemon.state}?mode=ro", uri=True)
