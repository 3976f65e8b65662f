"""The jobs, as rows of Procrastinate's table: written in the ledger's own transactions.

A shard that waits for a worker has one job, in the queue `bulk`; so has each other thing that a
worker can be asked to do, in the queue `urgent`. A queueing lock names what a job is about, so that
there is no second one. None has a lock: with deep backlogs to fetch a job would take long.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from mailer.ledger import clock
from mailer.ledger.due import furthest, is_due
from mailer.ledger.schema import dispatches, shards
from mailer.ledger.shards import Grip
from mailer.model.delivery import DispatchState

URGENT, BULK = "urgent", "bulk"
BEAT, STALLED = 2.0, 8.0  # seconds between two heartbeats; without one for so long it is dead


class Task(StrEnum):
    """What the jobs are about. All but the first are errands, of the queue `urgent`."""

    SHARD = "shard"
    BEGIN = "begin"  # a dispatch whose time has come
    LETTERS = "letters"
    REPLIES = "replies"
    NOTICES = "notices"


_COLUMNS = ("queue_name", "task_name", "priority", "queueing_lock", "args", "scheduled_at")
_jobs = sa.table(
    "procrastinate_jobs",
    *(sa.column(name) for name in ("id", "status", "worker_id", *_COLUMNS)),
)
_workers = sa.table("procrastinate_workers", sa.column("id"), sa.column("last_heartbeat"))
# Its type is Procrastinate's own, which a value from the driver would not fit.
_DOING: sa.ColumnElement[Any] = sa.literal_column("'doing'")
_TODO: sa.ColumnElement[Any] = sa.literal_column("'todo'")
_LIVE: sa.ColumnElement[Any] = sa.literal_column("('todo', 'doing')")


def enqueue_dispatch(c: sa.Connection, dispatch_id: int) -> None:
    """A job for each shard of it that waits."""
    _enqueue_shards(c, clock.now(c), shards.c.dispatch_id == dispatch_id)


def enqueue_shard(c: sa.Connection, grip: Grip) -> None:
    """A job for what is left of it, when that is due."""
    this = (shards.c.dispatch_id == grip.dispatch_id, shards.c.number == grip.number)
    _enqueue_shards(c, clock.now(c), *this)


def enqueue_due(c: sa.Connection) -> None:
    """A job for each shard that is due."""
    now = clock.now(c)
    _enqueue_shards(c, now, is_due(shards.c.due_at, now, furthest(now)))


def enqueue_errands(c: sa.Connection, errands: Iterable[tuple[Task, int]]) -> None:
    """A job for each that has none; the number is that of a dispatch, or 0."""
    for task, number in errands:
        lock = sa.literal(f"{task} {number}", sa.Text)
        arguments = sa.func.jsonb_build_object("number", sa.literal(number, sa.BigInteger))
        row = (_text(URGENT), _text(task), sa.literal(0), lock, arguments, sa.null())
        _insert(c, sa.select(*row).where(~_has_job(lock)))


def drop_stalled(c: sa.Connection) -> None:
    """The jobs of workers that died or lost sight of the database. What they were about has none
    then, and gets another."""
    alive = sa.func.now() - dt.timedelta(seconds=STALLED)
    of_living = sa.exists().where(
        _workers.c.id == _jobs.c.worker_id, _workers.c.last_heartbeat >= alive
    )
    ours = _jobs.c.queue_name.in_((URGENT, BULK))
    c.execute(sa.delete(_jobs).where(ours, _jobs.c.status == _DOING, ~of_living))


def drop_idle(c: sa.Connection) -> None:
    """Those of dispatches that have nothing for workers, being paused or cancelled, say: a worker
    would keep each for a while, and get no other in its place."""
    its = sa.cast(_jobs.c.args.op("->>")("dispatch"), sa.BigInteger)
    for_workers = sa.exists().where(
        dispatches.c.id == its, dispatches.c.state == DispatchState.OPEN, dispatches.c.queued
    )
    waiting = (_jobs.c.queue_name == BULK, _jobs.c.status == _TODO)
    c.execute(sa.delete(_jobs).where(*waiting, ~for_workers))


def _enqueue_shards(c: sa.Connection, now: dt.datetime, *which: sa.ColumnElement[bool]) -> None:
    """A job for each of them that has copies to send, is nobody's, and has no job. The lower its
    number the sooner it goes, so that of several dispatches the one is next that has got least."""
    lock = sa.func.format("shard %s of dispatch %s", shards.c.number, shards.c.dispatch_id)
    waiting = (
        *(dispatches.c.state == DispatchState.OPEN, dispatches.c.queued),
        *(shards.c.owner.is_(None), shards.c.planned + shards.c.deferred > 0),
    )
    row = (
        *(_text(BULK), _text(Task.SHARD), -shards.c.number, lock),
        sa.func.jsonb_build_object("dispatch", shards.c.dispatch_id, "number", shards.c.number),
        sa.case((~is_due(shards.c.due_at, now, furthest(now)), _instant(shards.c.due_at))),
    )
    found = sa.select(*row).join_from(shards, dispatches).where(*waiting, ~_has_job(lock), *which)
    _insert(c, found)


def _has_job(lock: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    live = _jobs.c.status.op("IN")(_LIVE)
    return sa.exists().where(_jobs.c.queueing_lock == lock, live)


def _insert(c: sa.Connection, rows: sa.Select[*tuple[Any, ...]]) -> None:
    """Procrastinate's triggers tell its workers."""
    statement = postgresql.insert(_jobs).from_select(_COLUMNS, rows)
    c.execute(statement.on_conflict_do_nothing())


def _text(value: str) -> sa.ColumnElement[str]:
    return sa.literal(str(value), sa.Text)


def _instant(microseconds: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.func.to_timestamp(sa.type_coerce(microseconds, sa.BigInteger) / sa.literal(1e6))
