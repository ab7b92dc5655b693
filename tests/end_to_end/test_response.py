"""An account is taken over, and everything that follows outside the mail path, with the real systems around."""

import collections
import contextlib
import email
import email.policy
import itertools
import sqlite3
import subprocess
import threading
import time

import pytest

from private_servers.clients import Place
from private_servers.habits import DESK, contacts, crowd
from private_servers.machine import wait_for
from private_servers.site import ABUSE, TICKETS, Site, is_alive

VICTIM, OTHERS = "anna@office.example", [f"colleague{i}@office.example" for i in range(8)]
REPORTED = "reported@office.example"
THIEF = Place("20.10.4.66", "User")
FLAGS = ("postgresql", "mariadb", "ldap")
STEPS = ["queue", "sessions", "flag_postgresql", "flag_mariadb", "flag_ldap", "notice", "desk", "ticket", "evidence"]
UNDONE = [f"flag_{flag}" for flag in reversed(FLAGS)] + ["queue"]
PLAN = f"[response]\nheld = {STEPS!r}\nsuspended = ['desk', 'ticket']\nreleased = ['desk']\n".replace("'", '"')


@pytest.fixture(scope="module")
def site():
    site = Site([VICTIM, *OTHERS, REPORTED], FLAGS, PLAN)
    site.postreeve.tell(crowd(20_000))
    yield site
    site.stop()


def incident_of(site, account):
    return site.postreeve.account(account)["incidents"][0]["incident"]


def steal(site, account):
    """A run of mail; what of it the server took."""
    session = site.session(THIEF, account)
    accepted = []
    for number in range(30):
        accepted += session.submit([f"victim{number}.{i}@list{i}.example" for i in range(4)], "Invoice overdue").accepted
    session.close_quietly()
    return accepted


class Reaper(threading.Thread):
    """Kills the daemon each time when one more action of the account is done, and starts it again."""

    def __init__(self, site, account):
        super().__init__()
        self._site, self._account = site, account
        self._is_over = threading.Event()
        self._fault = None
        self.killed_after = []  # so many actions were done when it was killed

    def run(self):
        try:
            with site_ledger(self._site) as ledger:
                self._reap(ledger)
        except Exception as fault:
            self._fault = fault

    def _reap(self, ledger):
        def done():
            return ledger.execute("SELECT count(*) FROM outbox WHERE account = ? AND state = 'done'",
                                  [self._account]).fetchone()[0]
        before = seen = done()
        while not self._is_over.is_set():
            if done() > seen:
                self._site.postreeve.kill()
                seen = done()
                self.killed_after.append(seen - before)
                self._site.postreeve.start()
            time.sleep(0.0005)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        self._is_over.set()
        self.join()
        if self._fault and kind is None:
            raise self._fault


def site_ledger(site):
    return contextlib.closing(sqlite3.connect(f"file:{site.postreeve.folder}/state.db?mode=ro", uri=True))


def insist(site, *words):
    """Orders it until the daemon lives long enough to answer."""
    def order():
        try:
            return bool(site.postreeve.ask(*words))
        except AssertionError as refused:
            return "already" in str(refused)
    wait_for(order, 30, f"nobody answers {words}")


def wait_until_over(site, account, count):
    """Until so many actions of the account are asked for, and all are over."""
    def is_over():
        with site_ledger(site) as ledger:
            states = [state for (state,) in ledger.execute("SELECT state FROM outbox WHERE account = ?", [account])]
        return len(states) >= count and {"waiting", "taken"}.isdisjoint(states)
    wait_for(is_over, 90, lambda: site.postreeve.log()[-3000:])


def is_contained(site, account):
    return all(flag.is_set(account) for flag in site.flags.values())


def settled(site):
    site.postfix.settle()
    return site.dumps()


def where_mail_lies(site, account):
    return {where for where, sender, *_ in site.queue().values() if sender == account}


def assert_all_are_done_in_order(site, incident, wanted):
    rows = site.actions(incident)
    assert [(kind, state) for _, kind, state, *_ in rows] == [(kind, "done") for kind in wanted], rows
    ends = [row[4] for row in rows]
    assert ends == sorted(ends), rows


def test_everything_is_done_and_undone_although_the_daemon_is_killed_all_the_time(site):
    site.remember_three_weeks([VICTIM, OTHERS[0]])
    # Of what was learned within the last second a kill takes some; whose mail it is would not be known then.
    site.postreeve.backup(site.folder / "habits.db")
    # What is in the queue before: the owner's own, put off by its destination, and somebody else's.
    for account in (VICTIM, OTHERS[0]):
        session = site.session(DESK, account)
        assert session.submit(["full@partner1.example"], "Minutes").accepted
        session.close_quietly()
    thiefs_mailbox = site.mailbox(THIEF, VICTIM)
    before = settled(site)
    sent_before = len(site.sink.messages)

    with Reaper(site, VICTIM) as carrying_out:
        stolen = steal(site, VICTIM)
        wait_until_over(site, VICTIM, len(STEPS))
    assert site.postreeve.standing(VICTIM) in ("held", "suspended")
    incident = incident_of(site, VICTIM)
    wanted = [row[1] for row in site.actions(incident)]
    assert wanted in (STEPS, [*STEPS, "desk", "ticket"])
    assert_all_are_done_in_order(site, incident, wanted)
    assert is_contained(site, VICTIM)
    assert not is_alive(thiefs_mailbox)
    assert where_mail_lies(site, VICTIM) == {"hold"} and where_mail_lies(site, OTHERS[0]) == {"deferred"}
    assert_owner_and_staff_were_told(site, incident)

    with Reaper(site, VICTIM) as undoing:
        insist(site, "incident", "dismiss", incident, "--reason", "it was she herself")
        wait_until_over(site, VICTIM, len(wanted) + len(UNDONE) + 1)
    assert_all_are_done_in_order(site, incident, [*wanted, *UNDONE, "desk"])
    wait_for(lambda: {m.message_id for m in site.sink.messages[sent_before:]} == set(stolen), 30)
    assert settled(site) == before
    assert sorted(m.message_id for m in site.sink.messages[sent_before:]) == sorted(stolen)
    assert len(carrying_out.killed_after) >= 3 and len(undoing.killed_after) >= 2


def assert_owner_and_staff_were_told(site, incident):
    notices = [email.message_from_bytes(raw, policy=email.policy.default) for raw in site.inbox(VICTIM)]
    assert {n["Message-ID"] for n in notices} == {notices[0]["Message-ID"]} and notices[0]["From"].addresses[0].addr_spec == ABUSE
    told = [email.message_from_bytes(raw, policy=email.policy.default) for raw in site.inbox(TICKETS)]
    assert all(f"[Postreeve #{incident}]" in mail["Subject"] for mail in told) and told
    posted = [headers["Postreeve-Webhook-Id"] for _, headers, _ in site.tickets.requests]
    assert len(set(posted)) == sum(row[1] == "ticket" for row in site.actions(incident))
    (archive,) = (site.folder / "evidence").glob(f"{incident}-*.tar.gz")
    listed = subprocess.run(["tar", "tzf", archive], capture_output=True, text=True, check=True).stdout.split()
    assert "story.txt" in listed and any(name.endswith(".eml") and name.startswith("messages/") for name in listed)


def assert_all_is_done_and_undone(site, account, rounds):
    """Each round in its order; a webhook that is posted again has its id again, and each evidence one archive."""
    with site_ledger(site) as ledger:
        rows = ledger.execute("SELECT id, incident, kind, state, finished FROM outbox WHERE account = ? ORDER BY id",
                              [account]).fetchall()
    assert [row[2:4] for row in rows] == [(kind, "done") for kind in [*STEPS, *UNDONE, "desk"] * rounds], rows
    ends = [row[4] for row in rows]
    assert ends == sorted(ends), rows

    def numbered(kind):
        return {f"{incident}-{number}" for number, incident, its_kind, *_ in rows if its_kind == kind}
    incidents = tuple({incident for _, incident, *_ in rows})
    posted = {headers["Postreeve-Webhook-Id"] for _, headers, _ in site.tickets.requests}
    assert {one for one in posted if one.startswith(incidents)} == numbered("ticket")
    kept = {path.name.removesuffix(".tar.gz") for path in (site.folder / "evidence").glob("*.tar.gz")}
    assert {one for one in kept if one.startswith(incidents)} == numbered("evidence")


def test_a_kill_between_any_two_actions_changes_nothing(site):
    """By order of a person, again and again until a kill has hit every gap."""
    before = settled(site)
    gaps, hit, asked = set(range(1, len(STEPS))), set(), collections.Counter()
    for account in itertools.islice(itertools.cycle(OTHERS), 24):
        with Reaper(site, account) as reaper:
            insist(site, "account", "hold", account, "--reason", "looks odd")
            asked[account] += len(STEPS)
            wait_until_over(site, account, asked[account])
        assert is_contained(site, account)
        insist(site, "account", "release", account, "--reason", "called back")
        asked[account] += len(UNDONE) + 1
        wait_until_over(site, account, asked[account])
        assert_all_is_done_and_undone(site, account, asked[account] // (len(STEPS) + len(UNDONE) + 1))
        hit |= gaps & set(reaper.killed_after)
        if hit == gaps:
            break
    assert hit == gaps
    assert settled(site) == before


def test_backends_that_are_down_are_caught_up_in_order_and_mail_goes_on(site):
    account = REPORTED
    before = settled(site)
    for flag in site.flags.values():
        flag.stop()
    try:
        site.postreeve.ask("account", "suspend", account, "--reason", "reported by telephone")
        incident = incident_of(site, account)
        # What needs no flag is done at once.
        wait_for(lambda: {row[1] for row in site.actions(incident) if row[2] == "done"} >= set(STEPS[:2] + STEPS[5:]), 30,
                 lambda: str(site.actions(incident)))
        waiting = {row["action"] for row in site.postreeve.ask("action", "list")}
        assert waiting == {f"flag_{flag}" for flag in FLAGS}
        session = site.session(DESK, OTHERS[1])
        begun = time.monotonic()
        for friend in contacts(OTHERS[1])[:5]:
            assert session.submit([friend]).accepted
        session.close_quietly()
        assert time.monotonic() - begun < 2
        site.postreeve.ask("account", "release", account, "--reason", "called back")
    finally:
        for flag in site.flags.values():
            flag.start()
    wait_for(lambda: site.is_over(incident), 60, lambda: str(site.actions(incident)))
    rows = site.actions(incident)
    assert {row[2] for row in rows} == {"done"}, rows
    for flag in FLAGS:
        set_, undone = (row for row in rows if row[1] == f"flag_{flag}")
        assert set_[3] > 1 and set_[5].startswith("set") and undone[5].startswith("gave back"), rows
        assert set_[4] <= undone[4]
    assert settled(site) == before
