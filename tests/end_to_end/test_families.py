"""Take-overs that show before or beside the burst: guesses at the password, a campaign over many accounts, a network
with more addresses than anybody can count."""

import pathlib

import pytest

from private_servers.clients import Outcome, Place, try_login
from private_servers.machine import wait_for
from test_burst import GATES, MOST_OUT, somewhere, submit_all, victims
from world import PASSWORD

GUESSES = 4  # fewer than those that make Dovecot wait
HAS_IPV6 = pathlib.Path("/proc/net/if_inet6").exists() and pathlib.Path("/proc/net/if_inet6").read_text() != ""


def guess_until_right(world, place, account):
    """Over IMAP; returns when Postreeve knows."""
    before = world.postreeve.logins_reported()
    for i in range(GUESSES):
        assert not try_login(world.mailboxes.imap_port, place, account, f"guess-{i}")[0]
    assert try_login(world.mailboxes.imap_port, place, account, PASSWORD)[0]
    wait_for(lambda: world.postreeve.logins_reported() > before + GUESSES)


@pytest.mark.parametrize("gate", GATES)
def test_a_password_guessed_over_imap_and_then_used_is_stopped(world, gate):
    account = world.somebody(f"cracked-{gate}")
    thief = somewhere(14)
    guess_until_right(world, thief, account)
    outcome = world.send(gate, thief, account, victims("cracked", 20))
    assert len(world.assert_none_is_lost(account, outcome)) <= 2
    told = [decision["evidence"] for decision in world.postreeve.decisions(account) if "evidence" in decision]
    assert any("the password was guessed" in evidence for evidence in told), told


@pytest.mark.parametrize("gate", GATES)
def test_a_campaign_is_caught_earlier_at_each_further_victim(world, gate):
    """One crew, one machine, one text; the accounts are of companies that have nothing to do with each other."""
    thief = somewhere(11, f"ylmf-pc-{gate}")
    out = []
    for i in range(5):
        account = world.somebody(f"prey{i}", domain=f"company{i}.{gate}.example")
        outcome = submit_all(world, gate, thief, account, victims(f"mark{i}v", 20), subject="Your parcel could not be delivered",
                             text="Pay the fee at http://parcel.example/fee today.")
        out.append(len(world.assert_none_is_lost(account, outcome)))
        assert world.postreeve.standing(account) in ("slowed", "held", "suspended")
    assert out[0] <= MOST_OUT, out
    assert max(out[1:]) < max(out[0], 2), out


@pytest.mark.skipif(not HAS_IPV6, reason="this machine has no IPv6")
@pytest.mark.parametrize("gate", GATES)
def test_an_address_of_a_large_ipv6_network_for_each_message_is_stopped(world, gate):
    account = world.somebody(f"six-{gate}")
    outcome = Outcome()
    for i in range(30):
        # A /48 each, of one provider.
        place = Place(f"2a10:17:{GATES.index(gate) + 1}{i:02x}:{i + 1:x}::{0xbeef + i:x}", f"v6-{i}")
        outcome += world.send(gate, place, account, victims(f"six{i}v", 1))
    assert len(world.assert_none_is_lost(account, outcome)) <= MOST_OUT
