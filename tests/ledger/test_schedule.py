"""A dispatch that begins later: once, for the audience of that moment, or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from publication import NOON, Bench

from mailer.errors import PlanChanged, UsageError
from mailer.ledger import clock, control, plan, schedule, status
from mailer.model.delivery import DispatchState, DispatchStatus

pytestmark = pytest.mark.both_databases

BenchOf = Callable[[int], Bench]
SOON = dt.timedelta(minutes=10)


def scheduled(bench: Bench, after: dt.timedelta = SOON) -> dt.datetime:
    """The issue is scheduled so long after now, or before; its moment."""
    order = bench.order()
    with bench.database.write() as c:
        when = clock.now(c) + after
        schedule.schedule(c, order, when, NOON, "ann")
    return when


def start(bench: Bench, count: int | None = None) -> bool:
    with bench.database.write() as c:
        return plan.start(c, 1, bench.store.audience("monthly"), NOON, count)


def now(bench: Bench) -> DispatchStatus:
    with bench.database.read() as c:
        return status.status(c, 1)


def due(bench: Bench) -> list[tuple[int, bool]]:
    with bench.database.read() as c:
        return [(each.dispatch_id, each.missed) for each in schedule.due(c)]


def test_the_audience_is_that_of_the_start(bench_of: BenchOf) -> None:
    """Not of the moment at which it was scheduled."""
    bench = bench_of(3)
    scheduled(bench)
    assert (now(bench).state, now(bench).total) == (DispatchState.SCHEDULED, 0)
    bench.add(2, start=4)
    assert start(bench)
    assert (now(bench).state, now(bench).total) == (DispatchState.OPEN, 5)
    assert now(bench).started_at == NOON


def test_it_begins_once(bench_of: BenchOf) -> None:
    """The second worker finds it begun and plans nothing."""
    bench = bench_of(3)
    scheduled(bench)
    assert start(bench)
    assert not start(bench)
    assert now(bench).total == 3


def test_nobody_to_send_to_begins_nothing(bench_of: BenchOf) -> None:
    """It stays scheduled; whoever tried decides."""
    bench = bench_of(0)
    scheduled(bench)
    with pytest.raises(PlanChanged, match="nobody to send to"):
        start(bench)
    assert now(bench).state is DispatchState.SCHEDULED


def test_only_what_its_time_has_come_for_is_due(bench_of: BenchOf) -> None:
    """By the database's time; what is over an hour late is told apart."""
    bench = bench_of(1)
    scheduled(bench)
    assert due(bench) == []
    for late, missed in ((1, False), (59, False), (61, True)):
        with bench.database.write() as c:
            schedule.move(c, 1, clock.now(c) - dt.timedelta(minutes=late), "ann")
        assert due(bench) == [(1, missed)]


def test_a_key_has_one_dispatch_also_when_it_is_scheduled(bench_of: BenchOf) -> None:
    """A second schedule of the issue is refused."""
    bench = bench_of(1)
    scheduled(bench)
    with pytest.raises(PlanChanged, match="dispatch 1 was made meanwhile"):
        scheduled(bench)


def test_a_cancelled_schedule_leaves_its_place(bench_of: BenchOf) -> None:
    """Nobody got anything of it: the issue can be sent, or scheduled, again."""
    bench = bench_of(2)
    scheduled(bench)
    with bench.database.write() as c:
        control.cancel(c, 1, NOON, "ann")
    assert now(bench).state is DispatchState.CANCELLED
    assert not start(bench)
    assert bench.plan() == 2


def test_a_paused_schedule_waits_for_its_time_again(bench_of: BenchOf) -> None:
    """And one whose time went by meanwhile begins now, not too late."""
    bench = bench_of(1)
    when = scheduled(bench)
    with bench.database.write() as c:
        control.pause(c, 1, "wait", "ann")
        assert schedule.due(c) == []
        control.resume(c, 1, "ann")
    assert (now(bench).state, now(bench).scheduled_at) == (DispatchState.SCHEDULED, when)
    with bench.database.write() as c:
        schedule.move(c, 1, clock.now(c) - dt.timedelta(hours=3), "ann")
        control.pause(c, 1, "wait", "ann")
        control.resume(c, 1, "ann")
    assert due(bench) == [(1, False)]


def test_what_has_begun_has_no_other_time(bench_of: BenchOf) -> None:
    """Its moment is past."""
    bench = bench_of(1)
    bench.plan()
    with bench.database.write() as c, pytest.raises(UsageError, match="no longer scheduled"):
        schedule.move(c, 1, NOON, "ann")


def test_a_reader_who_had_the_issue_meanwhile_is_left_out(bench_of: BenchOf) -> None:
    """By another list's dispatch, say."""
    bench = bench_of(3)
    scheduled(bench)
    bench.add(1, "weekly", start=2)
    bench.plan(list_name="weekly")
    assert start(bench)
    assert now(bench).total == 2
