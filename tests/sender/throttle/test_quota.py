"""A quota holds in every period, wherever it begins."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.sender.throttle import quota

NOON = dt.datetime(2021, 1, 31, 12, 0, tzinfo=dt.UTC)
BERLIN = ZoneInfo("Europe/Berlin")
LENGTHS = {"minute": 60, "hour": 3600, "day": 86400}

periods = st.sampled_from(sorted(LENGTHS))
# Steps as parts of the period, and how many are wanted after each.
histories = st.lists(st.tuples(st.floats(0, 0.4), st.integers(1, 9)), min_size=1, max_size=40)


def sent(period: str, limit: int, history: list[tuple[float, int]]) -> list[dt.datetime]:
    """When copies went out of those that somebody wanted to send."""
    used: Counter[dt.datetime] = Counter()
    now, gone = NOON, []
    for step, want in history:
        now += dt.timedelta(seconds=step * LENGTHS[period])
        found = quota.rolling(period, limit, now)
        left, _ = quota.room(found, used)
        count = min(want, left)
        used[found.bucket] += count
        gone += [now] * count
    return gone


@given(periods, st.integers(1, 12), histories)
def test_no_period_has_more_than_the_limit(
    period: str, limit: int, history: list[tuple[float, int]]
) -> None:
    """Neither a calendar hour nor one that begins with any copy."""
    gone = sent(period, limit, history)
    length = dt.timedelta(seconds=LENGTHS[period])
    for first in gone:
        assert sum(1 for at in gone if first <= at < first + length) <= limit


@given(periods, st.integers(1, 50))
def test_what_was_used_is_free_again_when_the_period_is_over(period: str, limit: int) -> None:
    """The moment is told, it is not before the period's end, and hardly after it."""
    found = quota.rolling(period, limit, NOON)
    left, until = quota.room(found, {found.bucket: limit})
    length = dt.timedelta(seconds=LENGTHS[period])
    assert left == 0
    assert NOON + length <= until <= NOON + 1.04 * length
    assert quota.room(quota.rolling(period, limit, until), {found.bucket: limit})[0] == limit


@given(periods, st.timedeltas(dt.timedelta(0), dt.timedelta(days=900)))
def test_a_clock_that_is_put_back_does_not_stop_the_mail(period: str, back: dt.timedelta) -> None:
    """What was used before that counts while it may have been within the period, and no longer."""
    used = {quota.rolling(period, 1, NOON).bucket: 1}
    now = NOON - back
    left, until = quota.room(quota.rolling(period, 1, now), used)
    length = dt.timedelta(seconds=LENGTHS[period])
    assert left == 1 or until - now <= 2.1 * length
    assert left == 0 or back >= length


def test_counts_of_other_days_do_not_matter() -> None:
    """A day's number is for that day, from midnight to midnight of the publication."""
    late = dt.datetime(2021, 1, 31, 22, 59, tzinfo=dt.UTC)
    today = quota.calendar_day("warm-up", 50, late, BERLIN)
    left, until = quota.room(today, {today.bucket: 50})
    assert (left, until) == (0, dt.datetime(2021, 1, 31, 23, 0, tzinfo=dt.UTC))
    tomorrow = quota.calendar_day("warm-up", 100, until, BERLIN)
    assert quota.room(tomorrow, {today.bucket: 50})[0] == 100
    assert quota.room(today, {tomorrow.bucket: 50})[0] == 50


@pytest.mark.parametrize(
    ("day", "hours"), [(dt.date(2021, 3, 28), 23), (dt.date(2021, 10, 31), 25)]
)
def test_a_day_may_have_23_or_25_hours(day: dt.date, hours: int) -> None:
    """When the clocks change."""
    noon = dt.datetime.combine(day, dt.time(12), BERLIN)
    assert quota.calendar_day("warm-up", 50, noon, BERLIN).lifetime == dt.timedelta(hours=hours)


def test_what_may_go_once_waits_for_a_word() -> None:
    """No time frees it."""
    canary = quota.once("canary 7", 500)
    assert quota.room(canary, {canary.bucket: 499}) == (1, quota.FOR_EVER)
    assert quota.room(canary, {canary.bucket: 500}) == (0, quota.FOR_EVER)


def test_a_limit_of_none_lets_nothing_through() -> None:
    """And does not say when it will."""
    assert quota.room(quota.rolling("day", 0, NOON), {}) == (0, quota.FOR_EVER)
