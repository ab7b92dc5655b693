"""The recorded month of demo/: every theft is found early, and nobody else is bothered."""

import json
import os
import pathlib
import subprocess

import pytest

BINARY = os.environ.get("POSTREEVE_BINARY", "build/release/postreeve")
DEMO = pathlib.Path(__file__).resolve().parents[2] / "demo"

# Lateral phishing goes to people the victim writes to, so only volume and place give it away.
MOST_MESSAGES_OUT = {"lateral phishing": 16, "low and slow": 7}
MOST_MESSAGES_OUT_OTHERWISE = 4


@pytest.fixture(scope="module")
def report():
    files = sorted((DEMO / "month").glob("*log*.gz"))
    command = [BINARY, "replay", "-o", "json", "--config", str(DEMO / "postreeve.toml"), *map(str, files)]
    return json.loads(subprocess.run(command, capture_output=True, check=True, timeout=120).stdout)


def thefts():
    return [json.loads(line) for line in (DEMO / "month" / "truth.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("theft", thefts(), ids=lambda theft: theft["family"].replace(" ", "-"))
def test_a_theft_is_contained_within_a_handful_of_messages(report, theft):
    incidents = {incident["account"]: incident for incident in report["incidents"]}
    incident = incidents[theft["account"]]
    most = MOST_MESSAGES_OUT.get(theft["family"], MOST_MESSAGES_OUT_OTHERWISE)
    assert incident["messages_out"] <= most
    assert incident["evidence"], "an incident says why"


def test_nobody_else_is_bothered(report):
    stolen = {theft["account"] for theft in thefts()}
    assert {incident["account"] for incident in report["incidents"]} <= stolen
    assert {account["account"] for account in report["restricted"]} <= stolen


def test_every_line_of_real_servers_is_understood(report):
    assert report["lines"]["unparsed"] == 0
