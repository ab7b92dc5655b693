"""Dovecot asks before it looks at a password; it is stock but for a URL and its nonce."""

from concurrent.futures import ThreadPoolExecutor

from private_servers.clients import Place, try_login
from private_servers.habits import DESK, HOME, PHONE
from private_servers.machine import wait_for
from world import PASSWORD

GUESSES_THAT_LOCK = 10  # docs/gates/dovecot.md
OFFICE = "20.1.77.1"  # one address for a whole office


def log_in(world, address, account, password=PASSWORD):
    return try_login(world.mailboxes.imap_port, Place(address), account, password)


def guess(world, address, account, count, name="guess"):
    """At once, because Postreeve lets Dovecot wait longer and longer; returns when Postreeve knows."""
    before = world.postreeve.logins_reported()
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(lambda i: log_in(world, address, account, f"{name}-{i}"), range(count)))
    wait_for(lambda: world.postreeve.logins_reported() >= before + count)


def test_who_guesses_is_refused_even_with_the_right_password(world):
    account = world.somebody("guessed")
    guess(world, "20.14.9.9", account, GUESSES_THAT_LOCK)
    went_well, words = log_in(world, "20.14.9.9", account)
    assert not went_well
    assert "[ALERT]" in words
    told = world.wait_for_decision(account, event="login", verdict="reject", client="20.14.9.9")
    assert told["rule"].startswith("throttle: ")


def test_the_owner_is_not_refused_while_somebody_guesses(world):
    account = world.somebody("guessed-owner")
    guess(world, "20.14.20.9", account, GUESSES_THAT_LOCK + 5)
    assert not log_in(world, "20.14.20.9", account)[0]
    for place in (DESK, PHONE, HOME):
        assert log_in(world, place.address, account) == (True, "")


def test_a_phone_with_an_old_password_behind_an_office_nat_locks_nobody_out(world):
    owner, colleague = world.somebody("old-password"), world.somebody("colleague")
    for _ in range(2 * GUESSES_THAT_LOCK):
        assert not log_in(world, OFFICE, owner, "the-old-one")[0]
    assert log_in(world, OFFICE, owner) == (True, "")
    assert log_in(world, OFFICE, colleague) == (True, "")
    assert log_in(world, DESK.address, owner) == (True, "")


def test_logins_of_a_server_that_knows_only_the_url_are_learned(world):
    account = world.somebody("only-url", has_habits=False)
    assert log_in(world, DESK.address, account) == (True, "")
    assert log_in(world, PHONE.address, account) == (True, "")
    wait_for(lambda: world.postreeve.account(account)["networks_known"] == 2)


def test_a_suspended_accounts_mailbox_stays_open(world):
    account = world.somebody("open-mailbox")
    world.postreeve.ask("account", "suspend", account, "--reason", "test")
    assert log_in(world, DESK.address, account) == (True, "")


def test_an_account_that_logs_in_at_home_only_is_closed_abroad(world):
    account = world.somebody("at-home-only")
    world.postreeve.ask("account", "policy", account, "--only-country", "DE", "--reason", "as agreed")
    assert not log_in(world, "20.11.4.4", account)[0]
    assert log_in(world, HOME.address, account) == (True, "")


def test_dovecot_goes_on_without_postreeve(world):
    account = world.somebody("dovecot-alone")
    world.postreeve.kill()
    try:
        assert log_in(world, "20.3.3.3", account) == (True, "")
        assert not log_in(world, "20.3.3.3", account, "wrong")[0]
    finally:
        world.postreeve.start()
