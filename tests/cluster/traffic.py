"""Mail and orders through several nodes, and what was acknowledged of them."""

import collections
import itertools
import os
import random
import threading
import time

from daemon import OFFICE, SEED, SLOWNESS, THIEF, PolicyClient, Refused, policy_request
from private_servers.machine import wait_for

ROUNDS = int(os.environ.get("POSTREEVE_CRASH_ROUNDS", "20"))
RESTRICTED = ("slowed", "held", "suspended")
DIRECTIONS = {"suspend": "carry_out", "release": "undo"}
SUSPENDED, RELEASED = {"suspended"}, {"recovering", "clear"}
PATIENCE = 60 * SLOWNESS  # with what comes in a moment when the machine has time
# Whatever is away: a record, its network's counters and a stranger's traits are a quarter of a second each at most.
LONGEST_ANSWER = 5 * SLOWNESS


class Book:
    """What the nodes answered."""

    def __init__(self):
        self.lock = threading.Lock()
        self.random = random.Random(SEED)
        self.numbers = itertools.count()
        self.answered = {}  # honest account: how many of its recipients were answered
        self.unanswered = {}  # and were asked for, but whoever was asked was gone
        self.wrongly_refused = []
        self.slowest = 0.0
        self.stolen = {}  # account: the answer that restricted its thief
        self.levels = {}  # account: what it may be, by the orders of people
        self.reasons = []  # of acknowledged orders
        self.orders = []  # acknowledged: account and verb
        self.doubtful = []  # likewise, of those whose answer got lost, or that came after one of these
        self.kills = 0  # of nodes: each may repeat the action it was at

    def fresh(self, prefix):
        with self.lock:
            return f"{prefix}{next(self.numbers)}"


class Worker(threading.Thread):
    """Works until it is told to stop. A node may be killed (`is_mortal`): then it goes on when it is back."""

    def __init__(self, book, is_mortal=False):
        super().__init__(daemon=True)
        self.book, self.is_mortal = book, is_mortal
        self.random = random.Random(f"{SEED}.{book.fresh('')}")
        self.ended = threading.Event()
        self.fault = None

    def run(self):
        while not self.ended.is_set():
            try:
                self.step()
            except OSError as gone:
                if not self.is_mortal:
                    self.fault = gone
                    return
                time.sleep(0.02)
            except Exception as fault:
                self.fault = fault
                return


class Honest(Worker):
    """Owners who write what they always write: whoever answers them with anything but go on is wrong."""

    def __init__(self, book, node, accounts, client=OFFICE, pause=0.004, **more):
        super().__init__(book, **more)
        self.node, self.accounts, self.client, self.pause, self.connection = node, accounts, client, pause, None

    def step(self):
        account = self.random.choice(self.accounts)
        counts = self.book.unanswered
        begin = time.monotonic()
        try:
            if self.connection is None:
                self.connection = PolicyClient(self.node)
            answer = self.connection.ask(account, f"contact{self.random.randrange(4)}@y.example", client=self.client,
                                         instance=self.book.fresh("h"))
            counts = self.book.answered
        except OSError:
            self.connection = None
            raise
        finally:
            with self.book.lock:
                counts[account] = counts.get(account, 0) + 1
        with self.book.lock:
            self.book.slowest = max(self.book.slowest, time.monotonic() - begin)
            if answer != "DUNNO":
                self.book.wrongly_refused.append((account, answer))
        time.sleep(self.pause)


class Postmaster(Worker):
    """Suspends and releases accounts of his own, on any of his nodes; none twice a second (docs/redis.md, limits)."""

    def __init__(self, book, nodes, name, accounts=30, pause=0.03, **more):
        super().__init__(book, **more)
        self.nodes, self.pause, self.latest = nodes, pause, {}
        self.accounts = [f"{name}{number}@x.example" for number in range(accounts)]

    def step(self):
        account = self.random.choice(self.accounts)
        if time.monotonic() - self.latest.get(account, 0) > 1.2:
            self.latest[account] = time.monotonic()
            self.order(self.random.choice(self.nodes), account)
        time.sleep(self.pause)

    def order(self, node, account):
        before = self.book.levels.get(account, RELEASED)
        verb, after = ("suspend", SUSPENDED) if before == RELEASED else ("release", RELEASED)
        reason = self.book.fresh(f"{verb} ")
        self.book.levels[account] = before | after  # until it is answered
        try:
            node.ask(f"account {verb}", account=account, reason=reason)
        except OSError:
            self.book.doubtful.append((account, verb))
            raise
        except Refused as refused:  # another node's order is on its way to this one
            assert refused.code in ("conflict", "not_found"), refused.text
            self.book.levels[account] = before
            return
        self.book.levels[account] = after
        self.book.reasons.append(reason)
        is_plain = before in (SUSPENDED, RELEASED)
        (self.book.orders if is_plain else self.book.doubtful).append((account, verb))


def steal(book, nodes, account, messages=30):
    """A thief's run through all nodes by turns, until he is stopped. Whether he was."""
    with_nodes = [PolicyClient(node) for node in nodes]
    for number in range(messages):
        for state in ("RCPT", "DATA"):
            client = with_nodes[number % len(with_nodes)]
            client.socket.sendall(policy_request(account, f"victim{number}@z{number}.example", THIEF, f"{account}.{number}",
                                                 state, helo_name="ylmf-pc"))
            answer = client.answer()
            if answer != "DUNNO":
                book.stolen[account] = answer
                return True
    return False


def during(workers, fault):
    """What `fault` returns; the workers work before it, meanwhile and after it."""
    for worker in workers:
        worker.start()
    try:
        time.sleep(0.3)
        result = fault()
        time.sleep(0.3)
    finally:
        for worker in workers:
            worker.ended.set()
        for worker in workers:
            worker.join(60 * SLOWNESS)
    for worker in workers:
        assert not worker.is_alive(), f"{worker} hangs"
        if worker.fault:
            raise worker.fault
    return result


def level_at(node, account):
    try:
        return node.ask("account standing", account=account)["standing"]
    except Refused as refused:
        assert refused.code == "not_found", refused.text
        return "clear"


def mismatches(book, cluster):
    """What is not as it was acknowledged. Empty once what one node knows has come to the others."""
    found = []
    of_ledger = cluster.levels()

    def expect(account, allowed):
        seen = [level_at(node, account) for node in cluster.nodes]
        if of_ledger is not None:
            seen.append(of_ledger.get(account, "clear"))
        if not all(level in allowed for level in seen):
            found.append(f"{account} is {seen}, was acknowledged as {sorted(allowed)}: {cluster.history(account)}")

    for account, levels in book.levels.items():
        expect(account, levels)
    for account in book.stolen:
        expect(account, RESTRICTED)
    for account in book.answered:
        expect(account, ("clear", "watched"))
    return found


def check_standings(book, cluster):
    """No account is restricted wrongly, and none that was restricted got away."""
    assert not book.wrongly_refused, book.wrongly_refused[:5]
    assert book.slowest < LONGEST_ANSWER, book.slowest
    wait_for(lambda: not mismatches(book, cluster), PATIENCE, lambda: "\n".join(mismatches(book, cluster)))
    for account, levels in book.levels.items():
        if levels not in (SUSPENDED, RELEASED):
            book.levels[account] = SUSPENDED if level_at(cluster.nodes[0], account) == "suspended" else RELEASED


def check_once(cluster, book):
    """What was acknowledged is in the ledger, and nothing is there twice."""
    for table in ("standing_change", "audit"):
        told = {row[0]: int(row[1]) for row in cluster.rows(
            f"SELECT reason, COUNT(*) FROM {table} WHERE reason <> '' GROUP BY reason")}
        missing = [reason for reason in book.reasons if reason not in told]
        assert not missing, f"{table} has lost {missing[:5]}"
        twice = [reason for reason in book.reasons if told[reason] > 1]
        assert not twice, f"{table} has twice {twice[:5]}"
    wait_for(lambda: cluster.rows("SELECT COUNT(*) FROM outbox WHERE finished = 0") == [["0"]], PATIENCE,
             lambda: f"not done: {cluster.rows('SELECT * FROM outbox WHERE finished = 0')[:3]}")
    runs = cluster.runs()
    numbers = collections.Counter(run["id"] for run in runs)
    repeated = {number: times for number, times in numbers.items() if times > 1}
    assert sum(repeated.values()) - len(repeated) <= book.kills, f"done twice: {repeated}"
    in_ledger = {int(row[0]): row[1:] for row in cluster.rows("SELECT id, state, account, attempts, says, payload FROM outbox")}
    odd = {number: (numbers[number], in_ledger.get(number)) for number in numbers.keys() | in_ledger.keys()
           if number not in numbers or in_ledger.get(number, [""])[0] != "done"}
    assert not odd, f"runs of the program beside the ledger: {[(row, cluster.history(row[1][1])) for row in odd.values()]}"
    done = collections.Counter((account, direction) for number, account, direction in
                               {(run["id"], run["account"], run["direction"]) for run in runs})
    wanted = collections.Counter((account, "carry_out") for account in book.stolen)
    wanted.update((account, DIRECTIONS[verb]) for account, verb in book.orders)
    perhaps = collections.Counter((account, DIRECTIONS[verb]) for account, verb in book.doubtful)
    wrong = [key for key in done | wanted if not wanted[key] <= done[key] <= wanted[key] + perhaps[key]]
    assert not wrong, [(key, done[key], wanted[key], perhaps[key], cluster.history(key[0])) for key in wrong[:3]]
