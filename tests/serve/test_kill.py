"""kill -9 at random moments under load: what was answered is there after the restart."""

import os
import random
import sqlite3
import threading
import time

from daemon import OFFICE, SEED, SLOWNESS, THIEF, PolicyClient, Refused, policy_request, teach

ROUNDS = int(os.environ.get("POSTREEVE_CRASH_ROUNDS", "20"))
MOST_LEARNING_LOST = 2.0 * SLOWNESS  # seconds
RESTRICTED = ("slowed", "held", "suspended")


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
            control.ask(f"account {verb}", account=account, reason=reason)
            self.book.standings[account] = {result} if result else lifted
            self.book.reasons.add(reason)
            self.book.answers += 1
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
                control.ask("list remove", list=which, value=value)
            except Refused as refused:
                assert refused.code == "not_found" and False in known, refused.text
            self.book.lists[key] = {False}
        else:
            self.book.lists[key] = known | {True}
            control.ask("list add", list=which, values=[value], comment=self.fresh("c"))
            self.book.lists[key] = {True}
        self.book.answers += 1

    def note(self, control):
        incidents = control.ask("incident list", most=20)
        if not incidents:
            return
        incident = self.random.choice(incidents)["incident"]
        text = self.fresh("note")
        control.ask("incident note", incident=incident, text=text)
        self.book.notes[text] = incident
        self.book.answers += 1

    def policy(self, control):
        account = f"policy{self.number}.{self.random.randrange(5)}@x.example"
        network = f"10.99.{self.random.randrange(200)}.0/24"
        self.book.policies[account] = self.book.policies.get(account, {None}) | {network}
        control.ask("account policy", account=account, only_networks=[network])
        self.book.policies[account] = {network}
        self.book.answers += 1

    def token(self, control):
        name = self.fresh("token")
        control.ask("token add", name=name, events=["login"])
        self.book.tokens.add(name)
        self.book.answers += 1


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
    return lost


def one_life(daemon, book, life, dice):
    crew = [ListKeeper(daemon, book, 0, life), ListKeeper(daemon, book, 1, life), MailServer(daemon, book, 2, life)]
    victims = [f"victim{life}.{i}@x.example" for i in range(3)]
    if life % 3 == 0:
        teach(daemon, victims)
        crew.append(Thief(daemon, book, 4, life, victims))
    for worker in crew:
        worker.start()
    time.sleep(dice.uniform(2.2, 3.2) if life % 6 == 1 else dice.uniform(0.05, 0.9))
    daemon.kill()
    killed = time.monotonic()
    for worker in crew:
        worker.join()
        if worker.fault:
            raise worker.fault
    return killed


def test_what_was_acknowledged_survives_kill_9(make_daemon):
    dice = random.Random(SEED)
    daemon = make_daemon().start()
    book = Book()
    lost, slowest, began = 0, 0.0, time.monotonic()
    for life in range(ROUNDS):
        killed = one_life(daemon, book, life, dice)
        if dice.random() < 0.3:  # also while it starts
            daemon.launch()
            time.sleep(dice.uniform(0, 0.12) * SLOWNESS)
            daemon.kill()
        start = time.monotonic()
        daemon.start()
        slowest = max(slowest, time.monotonic() - start)
        connection = sqlite3.connect(f"file:{daemon.state}?mode=ro", uri=True)
        lost += check(daemon, book, killed, connection)
        if life % 5 == 4:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
    print(f"{ROUNDS} kills in {time.monotonic() - began:.0f} s, {book.answers} answers, {len(book.restricted)} thefts stopped, "
          f"{lost} accounts of the last {MOST_LEARNING_LOST:g} s forgotten, slowest start {slowest:.2f} s")
    assert len(book.restricted) >= ROUNDS // 10
    daemon.stop()
