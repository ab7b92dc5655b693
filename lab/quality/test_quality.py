"""The figures are counted right, and a small world still shows what must never be lost."""
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import figures  # noqa: E402
import intervals  # noqa: E402
from workshop import BUILD, Workshop  # noqa: E402


def attack(leaked=0, planned=10, contained=60.0, family="botnet", group=0, first=0.0):
    return {"family": family, "group": group, "planned": planned, "tried": leaked, "leaked": leaked,
            "recipients_tried": leaked, "recipients_leaked": leaked, "begins": 0.0, "first_message": first,
            "contained": contained, "worst": "held", "before_first": leaked == 0}


def sheet(attacks=(), alarm_months=(), months=100.0, **more):
    return {"seed": 1, "attacks": list(attacks), "alarm_months": list(alarm_months),
            "personas": [{"persona": "all", "account_months": months}], "days": 60, "alarms": [], "dismissals": [], **more}


def test_bounds_are_those_of_clopper_and_pearson():
    assert intervals.upper_bound(0, 3000) == pytest.approx(3 / 3000, rel=0.01)  # the rule of three
    assert intervals.upper_bound(10, 100) == pytest.approx(0.1637, abs=0.0005)
    assert intervals.lower_bound(10, 100) == pytest.approx(0.0553, abs=0.0005)
    assert intervals.lower_bound(0, 100) == 0


def test_an_interval_holds_what_was_measured_and_narrows_with_crews():
    few, many = [[1], [0], [1], [1]], [[1], [0], [1], [1]] * 50
    mean = lambda items: sum(items) / len(items)  # noqa: E731
    low, high = intervals.bootstrap(few, mean)
    assert low < 0.75 < high
    narrow_low, narrow_high = intervals.bootstrap(many, mean)
    assert narrow_high - narrow_low < (high - low) / 3


def test_the_sum_over_accounts_has_an_interval_as_wide_as_chance():
    low, high = intervals.bootstrap_sum([1] * 100)
    assert 75 < low < 90 and 110 < high < 125


def test_a_take_over_that_came_to_nothing_by_itself_is_none():
    found = figures.take_overs([sheet([attack(), attack(first=None, contained=None)])])
    assert len(found) == 1


def test_what_leaks_is_counted_against_what_was_planned():
    attacks = [attack(leaked=5, planned=10), attack(leaked=0, planned=90, contained=None)]
    assert figures.leaked_share(attacks) == 0.05
    assert figures.mean_leaked_share(attacks) == 0.25
    assert figures.caught(attacks) == 0.5
    assert figures.before_first(attacks) == 0.5


def test_honest_accounts_are_counted_by_their_worst_standing():
    months = [{"account": 1, "persona": "office", "month": 0, "level": "held", "detectors": ["volume"]},
              {"account": 1, "persona": "office", "month": 1, "level": "slowed", "detectors": []}]
    people = figures.honest([sheet(alarm_months=months, months=200.0)])
    assert people.rate() == 100 and people.rate("held") == 50
    assert people.accounts == [2]


def test_feedback_compares_the_same_accounts_after_their_first_dismissal():
    day = figures.DAY
    alarms = [{"account": 7, "time": t * day, "level": "slowed", "begins": True} for t in (2, 5, 5.1, 20, 50)]
    judged = [sheet(alarms=alarms[:2], dismissals=[{"account": 7, "time": 3 * day}])]
    pairs = figures.after_dismissal(judged, [sheet(alarms=alarms)])
    assert pairs == [(1, 2)]
    assert figures.reduction(pairs) == 0.5


@pytest.fixture(scope="module")
def small_world(tmp_path_factory):
    program = Path(os.environ.get("POSTREEVE_LAB", BUILD / "lab" / "postreeve-lab"))
    if not program.exists():
        pytest.skip("the lab is not built")
    workshop = Workshop(tmp_path_factory.mktemp("sheets"))
    workshop.program = program
    world = ["--seed", "11", "--accounts", "600", "--days", "25", "--attacks", "40", "--attacks-from", "10", "--warm-up", "10",
             "--family", "loud_burst", "--family", "many_recipients"]
    return workshop.run({"small": [world]})["small"]


def test_loud_bursts_are_caught(small_world):
    loud = figures.take_overs(small_world, {"loud_burst"})
    assert len(loud) >= 15
    assert figures.caught(loud) >= 0.95
    assert figures.leaked_share(loud) <= 0.01


def test_nobody_in_an_office_or_at_home_is_suspended(small_world):
    for persona in ("office", "consumer"):
        people = figures.honest(small_world, persona)
        assert people.months >= 50
        assert people.levels["suspended"] == 0
