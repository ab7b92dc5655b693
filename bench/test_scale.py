"""The arithmetic of docs/scale.md, on measurements that are easy to follow."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import scale  # noqa: E402


def part(count, cpu_us=100, rows=1, **more):
    """`count` logins or messages of one decision each, each with the same cost."""
    row = {"decisions": count, "logins": count, "messages": count, "cpu_seconds": count * cpu_us / 1e6, **more}
    servers = {"redis_operations": 5 * count, "redis_round_trips": 2 * count, "redis_bytes_in": 900 * count,
               "redis_bytes_out": 100 * count, "redis_cpu_seconds": count * 60 / 1e6, "postgresql_rows_inserted": rows * count,
               "postgresql_rows_updated": 0, "postgresql_wal_bytes": 300 * count, "postgresql_disk_bytes": 200 * count,
               "postgresql_cpu_seconds": count * 20 / 1e6}
    return {"row": row, "servers": servers}


def sizes(records, traits):
    return {"records": {"keys": 1000, "bytes": records}, "traits": {"keys": 2000, "bytes": traits}}


@pytest.fixture
def measured():
    names = ("logins", "later_logins", "messages", "later_messages")
    parts = {name: part(1000) for name in names}
    parts["thefts"] = part(40, contained=40)
    parts["counts"] = part(1000, rows_a_second=20_000, rows_a_second_of_all_nodes=20_000)
    return {"machine": "a machine", "accounts": 1000, "past_days": 14, "days_between_sizes": 6, "thefts": 40, "parts": parts,
            "redis_sizes": [sizes(500_000, 1_000_000), sizes(500_000, 1_600_000)]}


def test_a_submission_is_a_message_and_its_logins(measured):
    submission = scale.Model(measured).submission
    assert submission.node_us == pytest.approx(300)
    assert submission.operations == pytest.approx(15)
    assert submission.redis_bytes == pytest.approx(3000)


def test_the_first_login_of_a_day_counts_once_a_day(measured):
    measured["parts"]["logins"] = part(1000, cpu_us=1000)
    times = scale.submissions_a_day() * scale.LOGINS.value
    assert scale.Model(measured).login.node_us == pytest.approx(100 + 900 / times)


def test_a_part_ends_where_its_cores_are_used_as_far_as_they_may(measured):
    model = scale.Model(measured)
    assert model.redis_goes_to(1) == pytest.approx(0.6e6 / 180)
    assert model.redis_goes_to(3) == pytest.approx(3 * model.redis_goes_to(1))
    assert model.masters_for(model.redis_goes_to(2) * 0.99) == 2
    assert model.node_goes_to(1) == pytest.approx(8 * 0.6e6 / 300)


def test_traits_grow_until_they_are_forgotten(measured):
    record, traits, _ = scale.sizes_of_account(measured)
    assert record == 500
    assert traits == pytest.approx(1600 + 100 * (45 - 20))


def test_the_ledger_is_slower_the_further_it_is(measured):
    model = scale.Model(measured)
    assert model.rows_over_a_network() == pytest.approx(1 / (1 / 20_000 + 0.0002 / 100))
    assert model.ledger_goes_to() == pytest.approx(0.6 * model.rows_over_a_network() / 3)


def test_the_smallest_limit_is_named_first(measured):
    measured["parts"]["counts"]["row"]["rows_a_second_of_all_nodes"] = 10
    table = scale.limit_table(scale.Model(measured))
    assert all("the ledger's rows, then" in line for line in table.splitlines()[2:])


def test_tables_replace_what_stands_between_their_marks_and_nothing_else():
    page = "before\n<!-- load: bench/scale.py -->\nold\n<!-- end of load -->\nafter\n"
    once = scale.write_page(page, {"load": "new"})
    assert once == "before\n<!-- load: bench/scale.py -->\n\nnew\n\n<!-- end of load -->\nafter\n"
    assert scale.write_page(once, {"load": "new"}) == once
    with pytest.raises(SystemExit):
        scale.write_page("no marks", {"load": "new"})


def test_the_page_has_a_place_for_every_table(measured):
    model = scale.Model(measured)
    scale.write_page(scale.PAGE.read_text(encoding="utf-8"), scale.parts_of(model, measured))


@pytest.mark.parametrize("value, text", [(0, "0"), (0.000123456, "0.000123"), (1.5, "1.50"), (1234.5, "1,230"), (987_654, "988,000")])
def test_what_is_extrapolated_has_three_digits(value, text):
    assert scale.short(value) == text
