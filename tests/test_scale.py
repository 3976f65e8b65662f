"""The model of docs/scale.md: what must be so whatever the figures are."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from program import ROOT

sys.path.insert(0, str(ROOT))  # scripts/ is no part of the installed program

from scripts.scale.measured import MEASURED
from scripts.scale.model import Farm, reckon
from scripts.scale.receivers import RECEIVERS, Receiver

EVERYBODY = (Receiver("everybody", 1.0, 1e9, 0.0),)


def test_receivers_are_all_readers() -> None:
    assert sum(each.share for each in RECEIVERS) == pytest.approx(1)


@settings(max_examples=12)
@given(readers=st.integers(1_000, 10_000_000), hosts=st.integers(1, 8), relays=st.integers(1, 64))
def test_more_of_anything_is_never_slower(readers: int, hosts: int, relays: int) -> None:
    """And what is half there comes before what is all there."""
    found = reckon(readers, Farm(hosts, relays), MEASURED, RECEIVERS)
    assert 0 < found.half <= found.most
    slack = 1.02  # of the steps in which time goes
    for more in (Farm(2 * hosts, relays), Farm(hosts, 2 * relays)):
        assert reckon(readers, more, MEASURED, RECEIVERS).most <= slack * found.most


def test_receivers_without_limits_leave_what_we_can() -> None:
    """Nothing but the host is short."""
    farm = Farm(hosts=1, relays=64, per_relay=1e9)
    found = reckon(1_000_000, farm, MEASURED, EVERYBODY)
    assert found.handed_over * 3600 == pytest.approx(1_000_000 / MEASURED.host, rel=0.02)
    assert found.most == pytest.approx(0.99 * found.handed_over, rel=0.02)
    assert found.held_by == "the hosts of the workers"


def test_the_slowest_receiver_is_named() -> None:
    slow = (Receiver("quick", 0.5, 1000, 0.0), Receiver("slow", 0.5, 10, 0.0))
    found = reckon(100_000, Farm(relays=2), MEASURED, slow)
    assert found.held_by == "slow"
    assert found.most * 3600 == pytest.approx(0.99 * 50_000 / 20, rel=0.02)


def test_what_is_deferred_comes_later() -> None:
    """Each twentieth is asked to come again in some minutes: 99 % are there a round later."""
    often = (Receiver("greylisting", 1.0, 1e9, 0.05),)
    found = reckon(10_000, Farm(relays=16, per_relay=1e9), MEASURED, often)
    assert 450 <= (found.most - found.half) * 3600 <= 600


def test_relays_are_filled_no_further_than_they_hold() -> None:
    slow = (Receiver("slow", 1.0, 50, 0.0),)
    found = reckon(3_000_000, Farm(hosts=2, relays=1), MEASURED, slow)
    assert found.backlog == pytest.approx(1_000_000, rel=0.05)
    assert found.handed_over * 3600 == pytest.approx(2_000_000 / 50, rel=0.1)


def test_what_is_no_farm() -> None:
    with pytest.raises(ValueError, match="at least one reader"):
        reckon(0, Farm(), MEASURED, RECEIVERS)


def asked(*words: str) -> str:
    """What it prints, as it is called from the repository."""
    command = [sys.executable, "-m", "scripts.scale", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_it_answers_for_a_farm_of_ones_own() -> None:
    few, many = json.loads(
        asked(
            "--readers", "50000", "--readers", "200000", "--hosts", "2", "--relays", "3", "--json"
        )
    )
    assert (few["readers"], few["hosts"], few["relays"]) == (50_000, 2, 3)
    assert few["per_relay"] == Farm().per_relay
    assert few["most"] < many["most"]


def test_the_table_of_the_guide_is_what_the_model_says() -> None:
    guide = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    for line in asked().splitlines():
        assert f"| {' | '.join(line.split(chr(9)))} |" in guide
