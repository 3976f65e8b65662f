"""Rests grow while trouble goes on, and shrink when it is over."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from mailer.model.pace import Rest
from mailer.sender.throttle import rest
from mailer.sender.throttle.rest import DOMAIN, RELAY

NOW = dt.datetime(2021, 1, 31, 12, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
tempos = st.sampled_from([RELAY, DOMAIN])


def after_strikes(number: int, tempo: rest.Tempo) -> Rest:
    """Each when the rest of the one before is over."""
    found = None
    for _ in range(number):
        found = rest.struck(found, tempo, NOW if found is None else max(NOW, found.until))
    assert found is not None
    return found


def test_a_relay_that_fails_rests_longer_each_time() -> None:
    """1, 2, 4 … seconds, five minutes at most."""
    pauses = [
        (each.until - each.at) / SECOND for n in range(1, 12) if (each := after_strikes(n, RELAY))
    ]
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_a_domain_is_forgiven_the_first_strikes() -> None:
    """Two may be chance; then it rests."""
    pauses = [
        (after_strikes(n, DOMAIN).until - after_strikes(n, DOMAIN).at) / SECOND for n in range(1, 6)
    ]
    assert pauses == [0, 0, 30, 60, 120]


def test_what_was_on_the_wire_adds_nothing() -> None:
    """Ten connections meet the same trouble at once."""
    found = after_strikes(3, DOMAIN)
    assert rest.struck(found, DOMAIN, found.at + SECOND) == found


def test_a_success_ends_the_rest_and_halves_what_is_held_against_it() -> None:
    """A domain that has its moods keeps a little of its bad name."""
    found = after_strikes(6, DOMAIN)
    eased = rest.eased(found, found.at + SECOND)
    assert eased is not None
    assert eased.strikes == 3
    assert not rest.resting(eased, found.at + SECOND)
    assert rest.eased(after_strikes(1, DOMAIN), NOW) is None
    assert rest.eased(None, NOW) is None


def test_quiet_time_takes_strikes_back() -> None:
    """An hour later the next rest is short again."""
    found = after_strikes(9, RELAY)
    later = found.until + dt.timedelta(hours=2)
    assert rest.struck(found, RELAY, later).until == later + SECOND


@given(tempos, st.lists(st.tuples(st.booleans(), st.floats(0, 5000)), max_size=60))
def test_no_rest_is_longer_than_the_longest(
    tempo: rest.Tempo, history: list[tuple[bool, float]]
) -> None:
    """Whatever happened before."""
    found, now = None, NOW
    for bad, gap in history:
        now += gap * SECOND
        found = rest.struck(found, tempo, now) if bad else rest.eased(found, now)
        assert found is None or found.until - now <= tempo.longest
        assert found is None or found.strikes >= 0


def test_a_rest_from_the_future_counts_for_nothing() -> None:
    """The clock was put back."""
    found = after_strikes(9, DOMAIN)
    assert not rest.resting(found, NOW - dt.timedelta(days=1))
    assert rest.struck(found, DOMAIN, NOW - dt.timedelta(days=1)).at == NOW - dt.timedelta(days=1)
    assert not rest.resting(None, NOW)
