"""Rate and quotas together, for all who send through a relay."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from mailer.model.pace import Account
from mailer.sender.throttle import slowing
from mailer.sender.throttle.budget import Limits, effective, reserve
from mailer.sender.throttle.quota import FOR_EVER
from mailer.sender.throttle.warm_up import WarmUp

NOON = dt.datetime(2021, 1, 31, 12, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def test_without_limits_all_go() -> None:
    """And nothing has to be counted."""
    assert not Limits()
    found = reserve(Limits(), Account(), 40, NOON)
    assert found.permits.count == 40
    assert found.account == Account()


def test_the_tightest_limit_decides() -> None:
    """The hour's number is used up long before the day's."""
    limits = Limits(periods={"hour": 30, "day": 1000})
    account, gone = Account(), 0
    while (found := reserve(limits, account, 7, NOON)).permits.count:
        account, gone = found.account, gone + found.permits.count
    assert gone == 30
    assert found.period == "hour"
    assert NOON + 3600 * SECOND <= found.until <= NOON + 3700 * SECOND
    assert reserve(limits, account, 7, found.until).permits.count


def test_the_longest_wait_is_told() -> None:
    """Of two that are used up, the one that is free again last."""
    limits = Limits(periods={"minute": 10, "day": 10})
    account = reserve(Limits(periods={"minute": 400, "day": 400}), Account(), 10, NOON).account
    found = reserve(limits, account, 1, NOON)
    assert (found.permits.count, found.period) == (0, "day")


def test_a_warm_up_is_for_the_publications_day() -> None:
    """50 on the first day, 100 after midnight there."""
    plan = WarmUp(dt.date(2021, 1, 31), (50, 100))
    limits = Limits(warm_up=plan, zone=ZoneInfo("Europe/Berlin"))
    account, gone = Account(), 0
    while (found := reserve(limits, account, 9, NOON)).permits.count:
        account, gone = found.account, gone + found.permits.count
    assert gone == 50
    midnight = dt.datetime(2021, 1, 31, 23, 0, tzinfo=dt.UTC)
    assert (found.period, found.until) == ("warm-up", midnight)
    assert reserve(limits, account, 200, midnight).permits.count == 5  # a twentieth at a time


def test_what_waits_for_a_word_waits_for_ever() -> None:
    """The canary's copies."""
    limits = Limits(once={"canary 3": 1})
    account = reserve(limits, Account(), 5, NOON).account
    found = reserve(limits, account, 5, NOON)
    assert (found.permits.count, found.period, found.until) == (0, "canary 3", FOR_EVER)


def test_the_slower_of_configured_and_learnt_rate_holds() -> None:
    """A relay that cried "too fast" gets half, whatever was configured."""
    learnt = slowing.slowed(None, 20, NOON)
    assert effective(Limits(per_second=50), Account(slowed=learnt), NOON) == 10
    assert effective(Limits(per_second=5), Account(slowed=learnt), NOON) == 5
    assert effective(Limits(), Account(slowed=learnt), NOON) == 10
    assert effective(Limits(), Account(), NOON) is None


@given(
    st.floats(0.5, 50),
    st.integers(1, 60),
    st.lists(st.tuples(st.floats(0, 5), st.integers(1, 20)), max_size=60),
)
def test_two_senders_together_keep_to_one_budget(
    per_second: float, per_minute: int, asked: list[tuple[float, int]]
) -> None:
    """They share the account, so it does not matter which of them asks."""
    limits = Limits(per_second, {"minute": per_minute})
    account, now, times = Account(), NOON, []
    for gap, want in asked:
        now += gap * SECOND
        found = reserve(limits, account, want, now)
        account = found.account
        times += [max(at, now) for at in found.permits.times()]
        assert found.permits.count or found.until > now
    minute = 60 * SECOND
    ahead = SECOND  # permits are counted when they are given, a moment before they are used
    for first in times:
        assert sum(1 for at in times if first <= at < first + minute - ahead) <= per_minute
        assert sum(1 for at in times if first <= at < first + SECOND) <= per_second + 1
