"""A rate is kept whoever asks for permits, and however often."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from mailer.sender.throttle import rate

NOW = dt.datetime(2021, 1, 31, 12, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)

rates = st.floats(0.2, 2000)
pauses = st.lists(st.floats(0, 3), min_size=1, max_size=60)


def times(per_second: float, pauses: list[float], want: int = 10**6) -> list[dt.datetime]:
    """When permits may be used that are asked for after each of these pauses."""
    due, now, given = None, NOW, []
    for pause in pauses:
        now += pause * SECOND
        due, permits = rate.grant(due, per_second, want, now)
        given += permits.times()
    return given


@given(rates, pauses, st.integers(1, 5))
def test_no_two_permits_are_closer_than_the_interval(
    per_second: float, pauses: list[float], want: int
) -> None:
    """So that in no second, wherever it begins, there are more than the rate."""
    given = times(per_second, pauses, want)
    gaps = [later - earlier for earlier, later in itertools.pairwise(given)]
    assert all(gap >= rate.interval_of(per_second) for gap in gaps)


@given(rates)
def test_the_whole_rate_can_be_used(per_second: float) -> None:
    """Who asks every tenth of a second gets what the rate allows in ten seconds."""
    given = times(per_second, [0.1] * 100)
    used = sum(1 for at in given if at < NOW + 10 * SECOND)
    assert used >= int(0.98 * 9.9 * per_second) - 1


@given(rates, st.floats(10, 10**6))
def test_after_a_quiet_time_there_is_no_burst(per_second: float, quiet: float) -> None:
    """What was not used is not saved up."""
    given = times(per_second, [0.0, quiet])
    assert len(given) == 2 * rate.block(per_second)
    assert given[-rate.block(per_second)] == NOW + quiet * SECOND


@given(rates, pauses)
def test_permits_are_for_now_not_for_later(per_second: float, pauses: list[float]) -> None:
    """None begin further ahead than the limit: what a dead sender held is soon free again."""
    due, now = None, NOW
    for pause in pauses:
        now += pause * SECOND
        due, permits = rate.grant(due, per_second, 1, now)
        assert permits.count == 0 or permits.start <= now + rate.AHEAD


@given(rates, st.timedeltas(dt.timedelta(hours=1), dt.timedelta(days=900)))
def test_a_clock_that_is_put_back_does_not_stop_the_mail(
    per_second: float, back: dt.timedelta
) -> None:
    """What was due in a future that never came counts for nothing."""
    due, _ = rate.grant(None, per_second, 1, NOW)
    _, permits = rate.grant(due, per_second, 1, NOW - back)
    assert permits.count == 1
