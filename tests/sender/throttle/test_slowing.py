"""A rate that a relay calls too fast is halved, and recovers slowly."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.sender.throttle import slowing

NOW = dt.datetime(2021, 1, 31, 12, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def test_too_fast_halves_the_rate() -> None:
    """40 a second were too many: 20 it is."""
    assert slowing.rate(slowing.slowed(None, 40, NOW), NOW) == 20


def test_the_same_cause_counts_once() -> None:
    """All connections are told at about the same moment."""
    known = slowing.slowed(None, 40, NOW)
    assert slowing.slowed(known, 40, NOW + dt.timedelta(seconds=0.9)) == known
    assert slowing.slowed(known, 20, NOW + dt.timedelta(seconds=2)).rate == pytest.approx(
        10, rel=0.1
    )


def test_it_recovers_slowly_and_is_forgotten() -> None:
    """Twice in ten minutes; beyond twice what was too much there is nothing left to heed."""
    known = slowing.slowed(None, 40, NOW)
    assert slowing.rate(known, NOW + 10 * MINUTE) == pytest.approx(40)
    assert slowing.rate(known, NOW + 19 * MINUTE) == pytest.approx(74.6, rel=0.01)
    assert slowing.rate(known, NOW + 20 * MINUTE) is None
    assert slowing.rate(known, NOW + dt.timedelta(days=400)) is None
    assert slowing.rate(None, NOW) is None


@given(st.floats(0, 10**5), st.lists(st.floats(0, 10**4), max_size=30))
def test_it_never_stops_altogether(observed: float, gaps: list[float]) -> None:
    """However often a relay says so, some copies go, and never more than were too many."""
    known, now = slowing.slowed(None, observed, NOW), NOW
    for gap in gaps:
        now += dt.timedelta(seconds=gap)
        allowed = slowing.rate(known, now)
        known = slowing.slowed(known, observed, now)
        new = slowing.rate(known, now)
        assert new is not None
        assert new >= slowing.SLOWEST
        assert allowed is None or new <= max(allowed, slowing.SLOWEST)


def test_a_clock_that_was_put_back_does_not_speed_it_up() -> None:
    """Nothing has recovered before it began."""
    known = slowing.slowed(None, 40, NOW)
    assert slowing.rate(known, NOW - dt.timedelta(days=1)) == 20
