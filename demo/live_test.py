"""The live part of the demonstration, without its pauses: what it shows is true."""

import io
import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests/support")]

from live.screen import Screen  # noqa: E402
from live.story import Story  # noqa: E402
from live.town import Town  # noqa: E402


@pytest.mark.skipif(os.geteuid() != 0, reason="Postfix starts for root only")
def test_the_thief_is_contained_and_all_honest_mail_arrives():
    shown = io.StringIO()
    town = Town()
    try:
        town.remember_three_weeks()
        result = Story(town, Screen(shown, pace=0)).tell()
    finally:
        town.stop()
    assert result["contained"]
    assert result["messages_out"] <= 5
    assert result["messages_kept"] >= 1 and result["messages_left"] == 0
    assert result["honest_delivered"] == result["honest_messages"] == 18
    assert result["is_signed"]
    told = shown.getvalue()
    assert "locked out" in told and "in!" not in told
    assert f"{result['messages_out']} got out" in told
    for wanted in ("WHAT YOU SHOULD DO NOW", "[Postreeve #", "MANIFEST.sha256", "account is recovering",
                   "her letter to marta.friend9", "confirmed"):
        assert wanted in told, wanted
