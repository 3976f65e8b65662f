"""A forecast waits for quotas as a sender does."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from mailer.model.pace import Account
from mailer.sender.throttle.budget import Limits
from mailer.sender.throttle.forecast import forecast
from mailer.sender.throttle.warm_up import WarmUp

NOON = dt.datetime(2021, 1, 31, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@given(st.integers(1, 10**6), st.floats(0.5, 5000))
def test_without_quotas_it_is_the_pace(copies: int, per_second: float) -> None:
    found = forecast(Limits(), Account(), copies, per_second, NOON)
    assert found is not None
    assert abs(found.total_seconds() - copies / per_second) <= 0.01 + 1e-6 * copies


def test_an_hour_has_so_many() -> None:
    """250 at 100 an hour: two whole hours, and half of the third one's."""
    found = forecast(Limits(periods={"hour": 100}), Account(), 250, 10, NOON)
    assert found is not None
    assert 2 * HOUR < found < 2.2 * HOUR


def test_what_was_used_already_counts() -> None:
    """The same with the hour's number used up a moment ago."""
    limits = Limits(periods={"hour": 100})
    used = {"hour": {NOON: 100}}
    found = forecast(limits, Account(used=used), 100, 10, NOON)
    assert found is not None
    assert HOUR < found < 1.1 * HOUR


def test_a_warm_up_takes_its_days() -> None:
    """50, 100 and 500 on three days: the 600th copy is of the third."""
    plan = WarmUp(dt.date(2021, 1, 31), (50, 100, 500))
    limits = Limits(warm_up=plan, zone=ZoneInfo("UTC"))
    found = forecast(limits, Account(), 600, 10, NOON)
    assert found is not None
    assert 36 * HOUR < found < 37 * HOUR


def test_what_will_never_end_has_no_forecast() -> None:
    """A million at one a day."""
    assert forecast(Limits(periods={"day": 1}), Account(), 10**6, 10, NOON) is None


def test_a_word_is_not_waited_for() -> None:
    """The canary stops a dispatch, and nobody knows for how long."""
    assert forecast(Limits(once={"canary 1": 5}), Account(), 100, 10, NOON) == 10 * HOUR / 3600
