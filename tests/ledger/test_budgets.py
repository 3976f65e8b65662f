"""Budgets, rests and canaries outlive the process that wrote them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from publication import NOON, Bench

from mailer.ledger import budgets, canaries, rests
from mailer.model.pace import Account, Rest, Slowed

pytestmark = pytest.mark.both_databases

BenchOf = Callable[[int], Bench]
LATER = NOON + dt.timedelta(hours=1)


@pytest.fixture
def bench(bench_of: BenchOf) -> Bench:
    return bench_of(0)


def account(bench: Bench, name: str = "main") -> Account:
    with bench.database.write() as c:
        return budgets.load(c, name)


def test_a_name_that_was_never_used_has_an_empty_account(bench: Bench) -> None:
    assert account(bench) == Account()


def test_an_account_is_kept(bench: Bench) -> None:
    """Each name has its own."""
    kept = Account(LATER, Slowed(5, 10, NOON))
    with bench.database.write() as c:
        budgets.save(c, "main", Account(NOON))
        budgets.save(c, "main", kept)
    assert account(bench) == kept
    assert account(bench, "@gmail.com") == Account()


def test_what_is_used_adds_up(bench: Bench) -> None:
    """And what came back unused goes off again."""
    with bench.database.write() as c:
        for copies in (7, 5, -2):
            budgets.count(c, "main", {"hour": NOON, "day": NOON}, copies)
        budgets.count(c, "main", {"hour": LATER}, 1)
    assert account(bench).used == {"hour": {NOON: 10, LATER: 1}, "day": {NOON: 10}}
    with bench.database.write() as c:
        budgets.forget(c, "main", {"hour": LATER})
    assert account(bench).used == {"hour": {LATER: 1}, "day": {NOON: 10}}


def test_rests_are_remembered_until_they_are_forgotten(bench: Bench) -> None:
    """By relay and domain."""
    with bench.database.write() as c:
        rests.save(c, "main", "gmail.com", Rest(3, LATER, NOON))
        rests.save(c, "main", "gmail.com", Rest(4, LATER, NOON))
        rests.save(c, "main", "", Rest(1, LATER, NOON))
        rests.save(c, "spare", "gmail.com", None)
        found = rests.load(c)
        rests.save(c, "main", "", None)
        left = rests.load(c)
    assert found == {
        ("main", "gmail.com"): Rest(4, LATER, NOON),
        ("main", ""): Rest(1, LATER, NOON),
    }
    assert left.keys() == {("main", "gmail.com")}


def test_a_relay_is_known_once_somebody_resumed_its_canary(bench: Bench) -> None:
    """Not when another dispatch is resumed."""
    with bench.database.write() as c:
        assert not canaries.is_known(c, "main")
        canaries.stopped(c, "main", 7, NOON)
        canaries.agree(c, 8, NOON)
        assert not canaries.is_known(c, "main")
        canaries.agree(c, 7, LATER)
        assert canaries.is_known(c, "main")
        assert not canaries.is_known(c, "spare")
