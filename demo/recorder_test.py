"""The plan of the demo month, without any server: `python3 -m pytest demo`."""

import gzip
import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import record_month  # noqa: E402
from recorder import geography, harvest  # noqa: E402
from recorder.actions import Submit, server_of  # noqa: E402
from recorder.clock import warsaw  # noqa: E402

MONTH = Path(__file__).parent / "month"


@pytest.fixture(scope="module")
def planned():
    return record_month.plan(2026, 1.0)


def test_the_same_seed_plans_the_same_month(planned):
    assert record_month.plan(2026, 1.0)[2] == planned[2]
    assert record_month.plan(2027, 1.0)[2] != planned[2]


def test_every_action_lies_in_the_month(planned):
    times = [action.time for action in planned[2]]
    assert warsaw(2026, 9, 28) <= min(times) and max(times) < warsaw(2026, 11, 1)


def test_every_client_lives_in_a_known_network(planned):
    for address in record_month.client_addresses(planned[2]):
        assert geography.network_of(address).country


def test_each_family_takes_one_account_of_its_own(planned):
    thefts = {(action.thief, action.account) for action in planned[2] if isinstance(action, Submit) and action.thief}
    assert len(thefts) == 6
    assert len({family for family, _ in thefts}) == 6
    assert len({account for _, account in thefts}) == 6


def test_nobody_reaches_exim_over_ipv6(planned):
    assert not any(":" in action.client.address for action in planned[2]
                   if isinstance(action, Submit) and server_of(action.account) == "mx2")


def test_no_two_networks_share_addresses():
    blocks = [block for block, _ in geography._PREFIXES]
    for index, block in enumerate(blocks):
        assert not any(block.version == other.version and block.overlaps(other) for other in blocks[index + 1:])


def test_the_hour_that_exists_twice_is_the_first():
    assert warsaw(2026, 10, 25, 2.5) - warsaw(2026, 10, 25, 1.5) == 3600
    assert warsaw(2026, 10, 25, 3.5) - warsaw(2026, 10, 25, 2.5) == 7200


def _lines(name: str) -> list[str]:
    return gzip.decompress((MONTH / name).read_bytes()).decode().splitlines()


def test_the_bundled_month_keeps_what_it_promises():
    mail_log = [line for number in (5, 4, 3, 2, 1) for line in _lines(f"mail.log.{number}.gz")]
    exim = {"mainlog": _lines("exim_mainlog.gz"), "rejectlog": _lines("exim_rejectlog.gz")}
    truth = [json.loads(line) for line in (MONTH / "truth.jsonl").read_text().splitlines()]
    assert harvest.complaints(mail_log, exim, truth) == []
    assert sum(file.stat().st_size for file in MONTH.iterdir()) <= 3_000_000
