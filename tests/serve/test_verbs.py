"""Random walks over all control verbs: an answer is data or one plain sentence, and the daemon goes on."""

import json
import os
import random
import string
import threading
import unicodedata
from datetime import datetime, timezone

from daemon import OFFICE, SEED, PolicyClient, Refused, teach, wait_for

STEPS = int(os.environ.get("POSTREEVE_VERB_STEPS", "4000"))
VERBS = ["account show", "account standing", "account history", "account hold", "account suspend", "account release",
         "account policy", "account trust", "incident list", "incident show", "incident note", "incident confirm", "incident take", "incident evidence",
         "incident dismiss", "incident release", "action list", "action retry", "action run", "list show", "list add", "list remove", "status", "mode", "top senders", "watch", "backup",
         "token add", "token list", "token revoke", "audit list"]
TEXTS = ["account", "incident", "list", "value", "mode", "text", "reason", "comment", "cause", "state", "name", "tenant",
         "token_id", "file", "action", "by"]
LISTS = ["values", "events", "networks", "only_networks", "only_countries"]
FLAGS = ["dry_run", "compare", "clear", "given_up", "undo"]
NUMBERS = ["most", "after", "expires_in", "number"]
FAILS = """[action.fails]
type = "command_hook"
command = ["/bin/false"]
undo_command = ["/bin/false"]
[action.kept]
type = "evidence"
[response]
held = ["fails"]
"""
EXITS = {0, 64, 65, 66, 67, 74, 75, 77, 78}


class Walk:
    def __init__(self, dice, folder):
        self.dice, self.folder = dice, folder
        self.incidents, self.tokens, self.actions, self.listed, self.files = [], [], [], [], 0

    def text(self):
        dice = self.dice
        return dice.choice([
            lambda: f"a{dice.randrange(6)}@x.example", lambda: "", lambda: " ", lambda: "enforce", lambda: "observe",
            lambda: dice.choice(["allow", "block", "canary"]), lambda: "".join(dice.choices(string.printable, k=dice.randrange(40))),
            lambda: "\0", lambda: "ä€😀\u202e\ufeff", lambda: "x" * dice.randrange(1, 5000), lambda: f"10.{dice.randrange(9)}.0.0/16",
            lambda: "0.0.0.0/0", lambda: "::/0", lambda: "*@*", lambda: "../../etc/passwd", lambda: "'; DROP TABLE standing; --",
            lambda: dice.choice(self.incidents or ["0"]), lambda: dice.choice(self.tokens or ["0"]), lambda: "DE", lambda: "*", lambda: "login",
            lambda: "hex:00ff", lambda: "a@b@c", lambda: "%00%", lambda: "open", lambda: "-1", lambda: "ffffffffffffffffffff"])()

    def number(self):
        return self.dice.choice([0, 1, -1, 7, 10**4, 2**31, 2**63 - 1, -2**63, 2**64 - 1, 1.5, 1e300])

    def anything(self):
        return self.dice.choice([self.text, self.number, lambda: None, lambda: True, lambda: [self.text(), 3, None],
                                 lambda: {"a": {"b": []}}, lambda: []])()

    def arguments(self, verb):
        dice, chosen = self.dice, {}
        if verb.startswith("account") and dice.random() < 0.9:
            chosen["account"] = f"a{dice.randrange(6)}@x.example" if dice.random() < 0.7 else self.text()
        if verb.startswith("incident") and self.incidents and dice.random() < 0.8:
            chosen["incident"] = dice.choice(self.incidents)
        if verb.startswith("action") and dice.random() < 0.8:
            chosen |= {"action": "fails", "number": dice.randrange(1, 60)}
            if self.incidents:
                chosen["incident"] = dice.choice(self.incidents)
        if verb.startswith("list") and dice.random() < 0.8:
            chosen["list"] = dice.choice(["allow", "block", "canary"])
        sensible = dice.random() < 0.3
        if verb == "account trust" and sensible:
            chosen["networks"] = [f"10.{dice.randrange(9)}.0.0/16"]
        if verb == "list add" and sensible:
            self.listed.append(f"10.9.{dice.randrange(256)}.0/24")
            return {"list": "block", "values": self.listed[-1:]}
        if verb == "list remove" and sensible and self.listed:
            return {"list": "block", "value": self.listed.pop()}
        if verb == "token add" and sensible:
            return {"name": f"t{dice.randrange(99)}", "events": ["login"]}
        if verb == "token revoke" and sensible and self.tokens:
            return {"token_id": dice.choice(self.tokens)}
        if verb == "action retry" and sensible and self.actions:
            return {"number": dice.choice(self.actions)}
        if verb == "backup":
            self.files += 1
            chosen["file"] = dice.choice([str(self.folder / f"copy{self.files}"), self.text(), "/dev/null", "/nonexistent/x", str(self.folder)])
            return chosen
        for names, make in ((TEXTS, self.text), (LISTS, lambda: [self.text() for _ in range(dice.randrange(4))]),
                            (FLAGS, lambda: dice.random() < 0.5), (NUMBERS, self.number)):
            for name in names:
                if name not in chosen and dice.random() < 0.3:
                    chosen[name] = make() if dice.random() < 0.9 else self.anything()
        return chosen

    def learn(self, data):
        rows = data if isinstance(data, list) else [data]
        for row in rows:
            if isinstance(row, dict):
                self.incidents += [row["incident"]] if row.get("incident") else []
                self.tokens += [row["token_id"]] if row.get("token_id") else []
                self.actions += [row["number"]] if row.get("state") in ("waiting", "given_up") else []
        del self.incidents[:-50], self.tokens[:-50], self.actions[:-10]


def check_answer(line, asked):
    answer = json.loads(line)
    assert set(answer) in ({"data"}, {"error"}), (asked, answer)
    if "error" in answer:
        error = answer["error"]
        assert set(error) == {"code", "text"} and error["code"], (asked, answer)
        text = error["text"]
        assert 5 <= len(text) < 1000 and not any(unicodedata.category(c) == "Cc" for c in text), (asked, answer)
        assert "internal" not in text and "exception" not in text and "std::" not in text, (asked, answer)
        assert error["code"] != "corrupt", (asked, answer)
        return None
    return answer["data"]


def unless_observed(standings):
    return None if any("only observed" in standing["in_words"] for standing in standings.values()) else standings


def still_there(rows, now):
    return [row for row in rows if not row["expires"] or datetime.fromisoformat(row["expires"]) > now]


def test_random_requests_are_answered_plainly(make_daemon):
    daemon = make_daemon(settings=FAILS).start()
    teach(daemon, [f"a{n}@x.example" for n in range(6)])
    configured = daemon.ask("mode")["mode"]
    faults, refused, done = [], [], []

    def walk(number):
        try:
            state = Walk(random.Random(f"{SEED}.{number}"), daemon.folder)
            with daemon.control() as control:
                for _ in range(STEPS // 4):
                    verb = state.dice.choice(VERBS) if state.dice.random() < 0.98 else state.text()
                    asked = json.dumps({"verb": verb, "arguments": state.arguments(verb)})
                    data = check_answer(control.raw(asked.encode()), asked)
                    (refused if data is None else done).append(verb)
                    state.learn(data)
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=walk, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    with PolicyClient(daemon) as client:
        n = 0
        while any(thread.is_alive() for thread in threads):
            n += 1
            assert client.ask(f"a{n % 6}@x.example", f"b{n}@y.example", OFFICE, f"i{n}")
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    print(f"{len(done)} done, {len(refused)} refused, {n} requests meanwhile")
    assert set(done) >= set(VERBS), set(VERBS) - set(done)
    assert len(done) > STEPS // 8 and len(refused) > STEPS // 20
    # After a restart the mode is the configuration's, and what was only observed is enforced a moment later.
    daemon.ask("mode", mode=configured)

    def standings():
        return {account: daemon.ask("account standing", account=account) for account in (f"a{n}@x.example" for n in range(6))}
    before = wait_for(lambda: unless_observed(standings()), says=lambda: str(standings()))
    lists = daemon.ask("list show")
    mode = daemon.ask("mode")["mode"]
    daemon.kill()
    text = daemon.config.read_text()
    daemon.config.write_text(text)
    daemon.start()
    shown, now = daemon.ask("list show"), datetime.now(timezone.utc)
    assert still_there(shown, now) == still_there(lists, now)
    assert standings() == before
    assert mode in ("observe", "enforce")
    daemon.stop()


def test_random_command_lines_end_with_a_known_code_and_one_sentence(make_daemon):
    daemon = make_daemon().start()
    teach(daemon, [f"a{n}@x.example" for n in range(6)])
    dice = random.Random(SEED)
    walk = Walk(dice, daemon.folder)
    counts = {}
    for _ in range(min(STEPS, 250)):
        verb = dice.choice([verb for verb in VERBS if verb != "watch"])
        words = [*verb.split(), "--socket", str(daemon.control_path)]  # first: an option without its value takes what follows
        for _ in range(dice.randrange(4)):
            words.append(dice.choice([walk.text, lambda: "a1@x.example", lambda: "block", lambda: "--reason", lambda: "--expires", lambda: "7d",
                                      lambda: "--most", lambda: "-o", lambda: "json", lambda: "--dry-run", lambda: "--nonsense"])().replace("\0", ""))
        done = daemon.command(*words)
        counts[done.returncode] = counts.get(done.returncode, 0) + 1
        assert done.returncode in EXITS, (words, done)
        if done.returncode not in (0, 64):
            assert done.stderr.startswith("postreeve: ") and done.stderr.count("\n") == 1, (words, done)
            assert done.stdout == "", (words, done)
    print(f"exit codes: {counts}")
    assert {0, 64, 65} <= set(counts)
    daemon.stop()


def test_exit_codes_say_what_is_wrong(make_daemon):
    daemon = make_daemon()
    assert daemon.command("status").returncode == 69
    daemon.start()
    for words, code in ((["status"], 0), (["account", "show", "nobody@x.example"], 67), (["incident", "show", "0011223344556677"], 67),
                        (["incident", "show", "zz"], 65), (["list", "add", "block", "300.1.1.1"], 65), (["list", "remove", "block", "10.0.0.0/8"], 67),
                        (["list", "import", "block", "/nonexistent"], 66), (["list"], 64), (["account", "hold"], 64), (["mode", "perhaps"], 65),
                        (["account", "hold", "a@x.example", "--reason", "r"], 0), (["token", "revoke", "none"], 67)):
        done = daemon.command(*words)
        assert done.returncode == code, (words, done)
        assert code == 0 or done.stderr, words
    if os.getuid() == 0:
        done = daemon.command("status", user=65534, group=65534, extra_groups=[])
        assert done.returncode in (77, 78), done
    daemon.stop()


def test_a_list_is_taken_whole_or_not_at_all(make_daemon):
    daemon = make_daemon().start()
    good = [f"10.{n // 250}.{n % 250}.0/24" for n in range(5000)]
    try:
        daemon.ask("list add", list="block", values=[*good, "300.0.0.1"])
        raise AssertionError("a bad entry was taken")
    except Refused as refused:
        assert refused.code == "invalid_input"
    assert daemon.ask("list show") == []
    assert len(daemon.ask("list add", list="block", values=good)) == 5000
    assert len(daemon.ask("list show")) == 5000
    assert daemon.ask("audit list")[0]["verb"] == "list add"
    daemon.ask("list add", list="allow", values=["a@x.example"], expires_in=2**63 - 1)
    assert len(daemon.ask("list show", list="allow")) == 1
    daemon.stop()
