"""An honest week of an office, squeezed into seconds: nobody is refused, slowed or held, and all mail arrives."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from private_servers.clients import Mailbox, Outcome, Place
from private_servers.habits import DESK, HOME, PHONE, contacts
from world import PASSWORD

PEOPLE = ("anna", "bert", "carla", "dilek", "emil", "fatma", "georg", "hanna", "ivan", "jana")
DAYS = 5
# What happens once in a week: a reply to a stranger, news to many, a new phone, a train's network, an old password.
ON_A_TRAIN = Place("20.2.140.7", PHONE.helo, PHONE.agent)
NEW_PHONE = replace(PHONE, helo="[10.77.1.2]", agent="Phone Mail 19")


def read_mail(world, place, account, password=PASSWORD):
    mailbox = Mailbox(world.mailboxes.imap_port, place)
    try:
        mailbox.login(account, password)
        mailbox.select(readonly=True)
        return True
    except mailbox.error:
        return False
    finally:
        mailbox.logout()


def letters_of(day, account, dice):
    """What somebody writes on a day, as arguments of submit()."""
    friends = contacts(account)
    letters = [{"recipients": [dice.choice(friends)], "subject": f"Re: meeting {dice.randrange(100)}"} for _ in range(3)]
    if day % 2:
        letters.append({"recipients": [f"new.{dice.randrange(10 ** 6)}@customer{dice.randrange(7)}.example"],
                        "subject": "Your enquiry", "text": "Dear customer,\nplease find our prices below.\nKind regards"})
    if day == 2:
        letters.append({"recipients": dice.sample(friends, 8), "subject": "Minutes of today", "text": "All,\nsee below."})
    return letters


def live_a_day(world, day, account, dice):
    outcome, logins = Outcome(), []
    places = [DESK, PHONE, HOME]
    if day == 3:
        places[1] = dice.choice((ON_A_TRAIN, NEW_PHONE))
    letters = letters_of(day, account, dice)
    for i, place in enumerate(places):
        logins.append(read_mail(world, place, account))
        session = world.session("both", place, account)
        for letter in letters[i::len(places)]:
            outcome += session.submit(**letter)
        session.close_quietly()
    return outcome, logins


def live_a_week(world, account):
    dice = random.Random(account)
    outcome, logins = Outcome(), []
    for day in range(DAYS):
        of_the_day, logged_in = live_a_day(world, day, account, dice)
        outcome += of_the_day
        logins += logged_in
    if dice.random() < 0.3:  # the old phone at home still has last year's password
        for _ in range(3):
            assert not read_mail(world, HOME, account, "last-years")
        logins.append(read_mail(world, HOME, account))
    return outcome, logins


@pytest.fixture(scope="module")
def week(world):
    accounts = [world.somebody(f"honest.{name}") for name in PEOPLE]
    with ThreadPoolExecutor(5) as pool:
        return dict(zip(accounts, pool.map(lambda account: live_a_week(world, account), accounts), strict=True))


def test_no_message_of_an_honest_week_is_refused_or_held(world, week):
    sent = sum(len(outcome.accepted) for outcome, _ in week.values())
    assert sent >= 180
    for account, (outcome, _) in week.items():
        assert outcome.replies == [] and outcome.refused == []
        out = world.assert_none_is_lost(account, outcome)
        assert sorted(out) == sorted(outcome.accepted), "nothing waits in a queue"
    assert not any(world.postfix.held(account) for account in week)


def test_no_login_of_an_honest_week_is_refused(week):
    assert sum(len(logins) for _, logins in week.values()) >= 150
    assert all(all(logins) for _, logins in week.values())


def test_nobody_is_suspected_after_an_honest_week(world, week):
    assert {account: world.postreeve.standing(account) for account in week} == dict.fromkeys(week, "clear")
    assert all(world.postreeve.decisions(account) == [] for account in week)
    assert all(not world.postreeve.ask("incident", "list", "--account", account) for account in week)
