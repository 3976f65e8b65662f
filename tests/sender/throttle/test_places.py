"""Senders share the connections of a relay: never more than it takes, and evenly."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.model.pace import Claim
from mailer.sender.throttle.places import allowed, even_shares

names = st.sampled_from("abcd")
asked = st.lists(st.tuples(names, st.integers(0, 30), st.integers(0, 30)), max_size=60)


def shares(most: int, **wanted: int) -> list[int]:
    claims = {name: Claim(number, 0) for name, number in wanted.items()}
    return list(even_shares(most, claims).values())


def test_an_even_share() -> None:
    """What the modest leave is for the others."""
    assert shares(20, a=20, b=3, c=20) == [9, 3, 8]
    assert shares(20, a=7) == [7]


def test_where_there_are_fewer_than_senders_who_has_one_keeps_it() -> None:
    assert shares(2, a=5, b=5, c=5) == [1, 1, 0]
    claims = {"a": Claim(5, 0), "b": Claim(5, 1), "c": Claim(1, 1)}
    assert even_shares(2, claims) == {"a": 0, "b": 1, "c": 1}


def test_who_comes_later_waits_until_there_is_room() -> None:
    """And who had all gives away what is over its share."""
    assert allowed(20, "b", Claim(20, 0), {"a": Claim(20, 20)}) == 0
    assert allowed(20, "a", Claim(20, 20), {"b": Claim(20, 0)}) == 10
    assert allowed(20, "b", Claim(20, 0), {"a": Claim(20, 10)}) == 10


@given(st.integers(1, 40), asked)
@settings(max_examples=40)
def test_there_are_never_more_than_the_relay_takes(
    most: int, turns: list[tuple[str, int, int]]
) -> None:
    """Whoever asks in whatever order, and opens and closes what it may between."""
    claims: dict[str, Claim] = {}
    taken: dict[str, int] = dict.fromkeys("abcd", 0)
    may: dict[str, int] = dict.fromkeys("abcd", 0)
    for name, wanted, opened in turns:
        others = {other: claim for other, claim in claims.items() if other != name}
        may[name] = allowed(most, name, Claim(wanted, taken[name]), others)
        claims[name] = Claim(wanted, max(may[name], taken[name]))
        taken[name] = max(taken[name], may[name]) if opened else min(taken[name], may[name])
        assert sum(taken.values()) <= most
        assert sum(claim.holds for claim in claims.values()) <= most


@given(st.integers(1, 40), st.dictionaries(names, st.integers(0, 30), min_size=1))
@settings(max_examples=40)
def test_all_of_it_is_used_where_there_is_use_for_it(most: int, wants: dict[str, int]) -> None:
    """And nobody who has use for more has two fewer than another."""
    found = even_shares(most, {name: Claim(number, 0) for name, number in wants.items()})
    assert sum(found.values()) == min(most, sum(wants.values()))
    short = [found[name] for name in wants if found[name] < wants[name]]
    assert not short or max(found.values()) - min(short) <= 1
