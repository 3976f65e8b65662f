"""The audit trail: every act has its line, with who and why."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from publication import NOON, Bench

from mailer.ledger import control, events
from mailer.model.delivery import State

pytestmark = pytest.mark.both_databases

BenchOf = Callable[[int], Bench]


def trail(bench: Bench, dispatch_id: int | None = 1) -> list[tuple[str, str, str]]:
    with bench.database.read() as c:
        return [(e.actor, e.action, e.detail) for e in events.listed(c, dispatch_id)]


def test_who_paused_resumed_and_cancelled_is_kept(bench_of: BenchOf) -> None:
    """An act that changed nothing leaves no line."""
    bench = bench_of(1)
    bench.plan()
    with bench.database.write() as c:
        control.pause(c, 1, "a typo", "ann")
        control.pause(c, 1, "once more", "bob")
        control.resume(c, 1, "bob")
        control.resume(c, 1, "ann")
        control.cancel(c, 1, NOON, "cleo")
        control.cancel(c, 1, NOON, "ann")
    assert trail(bench) == [
        ("ann", "paused", "a typo"),
        ("bob", "resumed", ""),
        ("cleo", "cancelled", ""),
    ]


def test_a_fault_pauses_in_the_senders_name(bench_of: BenchOf) -> None:
    """With what the relay said."""
    bench = bench_of(1)
    bench.plan()
    with bench.database.write() as c:
        control.pause_for_fault(c, 1, "login refused")
    assert trail(bench) == [(events.SENDER, "paused", "login refused")]


def test_a_decision_says_how_many_copies_it_was_about(bench_of: BenchOf) -> None:
    """And which it was; none where there was nothing to decide."""
    bench = bench_of(3)
    bench.plan()
    with bench.database.write() as c:
        assert control.resolve(c, 1, State.SENT, NOON, "ann") == 0
        c.exec_driver_sql("UPDATE deliveries SET state = 'uncertain' WHERE seq < 3")
        c.exec_driver_sql("UPDATE shards SET planned = 1, uncertain = 2")
        assert control.resolve(c, 1, State.SENT, NOON, "ann") == 2
    assert trail(bench) == [("ann", "resolved", "2 uncertain: assume sent")]


def test_the_trail_of_one_dispatch_is_its_own(bench_of: BenchOf) -> None:
    """Without a number it is that of all, in order, with the issue's name."""
    bench = bench_of(1)
    bench.plan()
    bench.plan("2021-02")
    with bench.database.write() as c:
        control.pause(c, 2, "first", "ann")
        control.pause(c, 1, "second", "ann")
    assert [detail for _, _, detail in trail(bench, 2)] == ["first"]
    assert [detail for _, _, detail in trail(bench, None)] == ["first", "second"]
    with bench.database.read() as c:
        assert [e.issue_id for e in events.listed(c)] == ["2021-02", "2021-01"]
