"""Relays take their shares by weight, in even turns, and nobody waits for one that rests."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from mailer.sender.throttle import shares
from mailer.sender.throttle.shares import Shares

weights = st.dictionaries(st.sampled_from("abcde"), st.floats(0.1, 100), min_size=1)


def turns(found: Shares, able: str, count: int) -> tuple[Shares, str]:
    """Who takes the next copies when nobody may be ahead of another."""
    order = ""
    for _ in range(count):
        name = next(each for each in able if shares.may_take(found, each, able, 0))
        found, order = shares.taken(found, name), order + name
    return found, order


def test_turns_are_spread_evenly() -> None:
    """Not three for one and then one for the other."""
    _, order = turns(shares.even({"a": 3, "b": 1}), "ab", 8)
    assert Counter(order) == {"a": 6, "b": 2}
    assert "aaaa" not in order
    assert "bb" not in order


@given(weights, st.integers(1, 300))
def test_everybody_gets_the_share_of_its_weight(given: dict[str, float], count: int) -> None:
    """Within one copy, at every moment."""
    _, order = turns(shares.even(given), "".join(given), count)
    whole = sum(given.values())
    for name, weight in given.items():
        assert abs(order.count(name) - count * weight / whole) <= len(given)


@given(weights, st.integers(0, 20), st.data())
def test_a_quick_relay_is_never_further_ahead_than_the_slack(
    given: dict[str, float], slack: int, data: st.DataObject
) -> None:
    """It takes what it may, whoever asks how often."""
    found = shares.even(given)
    for name in data.draw(st.lists(st.sampled_from(sorted(given)), max_size=100)):
        if shares.may_take(found, name, given, slack):
            found = shares.taken(found, name)
    for one, weight in given.items():
        for other, its in given.items():
            ahead = (found.rounds[one] - 0.5 / weight) - (found.rounds[other] + 0.5 / its)
            assert ahead * weight <= slack + 1e-6


@given(weights.filter(lambda given: len(given) > 1))
def test_somebody_may_always_take(given: dict[str, float]) -> None:
    """No two relays wait for each other."""
    found = shares.even(given)
    for _ in range(50):
        able = [name for name in given if shares.may_take(found, name, given, 0)]
        assert able
        found = shares.taken(found, able[-1])


def test_who_cannot_take_is_not_waited_for() -> None:
    """And does not make up for it all at once when it can again."""
    found = shares.even({"a": 1, "b": 1})
    found, order = turns(found, "a", 100)
    assert order == "a" * 100
    _, order = turns(shares.joined(found, "b", "ab"), "ab", 20)
    assert Counter(order)["b"] in (10, 11)
