"""A warm-up plan by the calendar."""

from __future__ import annotations

import datetime as dt

import pytest

from mailer.sender.throttle.warm_up import WarmUp

PLAN = WarmUp(dt.date(2026, 12, 1), (50, 100, 500))


@pytest.mark.parametrize(
    ("day", "limit"),
    [
        (dt.date(2026, 11, 20), 50),
        (dt.date(2026, 12, 1), 50),
        (dt.date(2026, 12, 2), 100),
        (dt.date(2026, 12, 3), 500),
        (dt.date(2026, 12, 4), None),
        (dt.date(2027, 12, 4), None),
    ],
)
def test_each_day_has_its_number(day: dt.date, limit: int | None) -> None:
    """The first day's before it began, none after the last."""
    assert PLAN.limit(day) == limit
