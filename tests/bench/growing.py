"""The ledger on PostgreSQL as it grows: planning, taking and recording, and the status.

    python -m tests.bench.growing [ROWS …]

The readers are invented by the database; the server is durable, as PostgreSQL comes.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from mailer.database import Database, Pen
from mailer.ledger import plan, shards, status
from mailer.ledger.heartbeat import Heartbeat
from mailer.ledger.record import Result, Verdict, record_unseen
from mailer.ledger.schema import AT_ONCE
from mailer.ledger.shards import Due, Grip
from mailer.model.delivery import State
from mailer.model.outcome import Reply
from tests import publication
from tests.postgresql import running_postgresql

ROWS = (10_000, 1_000_000, 10_000_000)
DURABLE = ("shared_buffers=128MB", "autovacuum=on")  # as PostgreSQL comes
_TRIED = 20_000  # deliveries whose way through the ledger is measured
_BATCH = 20  # connections: as many copies in one transaction
_LOOKS = 20
_IN_STORE = 1_000_000  # readers
_TAKEN = Reply(250, "2.0.0", "Ok")


@dataclass(frozen=True, slots=True)
class Grown:
    """At so many rows: seconds to plan them, microseconds to take and to record one delivery,
    milliseconds of a status."""

    rows: int
    planned: float
    each: float
    status: float


def measure(rows: Iterable[int]) -> Iterator[Grown]:
    """One dispatch after the other in one database."""
    with running_postgresql(DURABLE) as server, TemporaryDirectory() as folder:
        bench = publication.make(server.migrated(), Path(folder))
        with closing(bench.database) as database:
            for number in rows:
                began = time.monotonic()
                dispatch_id, edition_id = _planned(bench, number)
                planned = time.monotonic() - began
                with closing(Heartbeat(database, f"bench-{number}")) as liveness:
                    each = _each(database, dispatch_id, edition_id, liveness)
                yield Grown(number, planned, each, _status(database, dispatch_id))


def planned_from_store(readers: int) -> float:
    """Seconds to plan a dispatch to all confirmed readers of a list, just after they came."""
    with running_postgresql(DURABLE) as server, TemporaryDirectory() as folder:
        bench = publication.make(server.migrated(), Path(folder))
        with closing(bench.database) as database:
            with database.write() as c:
                for statement in _READERS:
                    c.execute(sa.text(statement), {"list": "monthly", "number": readers})
            order, audience = bench.order(), bench.store.audience("monthly")
            began = time.monotonic()
            with database.write() as c:
                plan.plan(c, order, audience, publication.NOON, readers)
            return time.monotonic() - began


_READERS = (
    """
    INSERT INTO subscribers (email, email_key, attributes, created_at, updated_at)
    SELECT address, address, '{}', 1, 1
    FROM (SELECT 'reader' || n || '@example.org' FROM generate_series(1, :number) n) AS a (address)
    """,
    """
    INSERT INTO subscriptions (subscriber_id, list_id, status, token, created_at, confirmed_at)
    SELECT subscribers.id, lists.id, 'confirmed', decode(md5(subscribers.id::text), 'hex'), 1, 1
    FROM subscribers, lists WHERE lists.name = :list
    """,
)


def _planned(bench: publication.Bench, number: int) -> tuple[int, int]:
    order = bench.order(f"issue-{number}")
    with bench.database.write() as c:
        found = plan.plan(c, order, _invented(number), publication.NOON, number)
    return found, order.edition_id


def _invented(number: int) -> plan.Audience:
    n = sa.func.generate_series(1, number).table_valued("n").render_derived().c.n
    return sa.select(
        n.label("subscription_id"),
        n.label("subscriber_id"),
        sa.func.concat("reader", n, "@example.org").label("email"),
        sa.func.decode(sa.func.md5(sa.cast(n, sa.Text)), "hex").label("token"),
    )


def _each(database: Database, dispatch_id: int, edition_id: int, liveness: Heartbeat) -> float:
    """The median of the shards."""
    pen, spent, tried = database.pen(), [], 0
    while tried < _TRIED:
        began = time.monotonic()
        with pen.write() as c:
            grip = shards.take(c, dispatch_id, edition_id, liveness, publication.NOON)
        if grip is None:
            break
        with database.read() as c:
            due = shards.due(c, grip, publication.NOON)
        _send(pen, grip, due)
        with pen.write() as c:
            shards.release(c, grip, publication.NOON)
        spent.append((time.monotonic() - began) / len(due))
        tried += len(due)
    pen.put_down()
    return 1e6 * statistics.median(spent)


def _send(pen: Pen, grip: Grip, due: list[Due]) -> None:
    """As a sender has it: the results of a batch go with the marks of the next one."""
    results: list[Result] = []
    for start in range(0, len(due) + _BATCH, _BATCH):
        batch = due[start : start + _BATCH]
        marks = [one.mark(grip) for one in batch]
        welcome = {one.subscription_id for one in batch if one.subscription_id is not None}
        with pen.write() as c:
            verdicts = record_unseen(c, results, marks, welcome, publication.NOON)
        assert set(verdicts) <= {Verdict.GRANTED}
        results = [
            Result(grip, one.seq, one.attempt + 1, State.SENT, AT_ONCE, _TAKEN, "bench")
            for one in batch
        ]


def _status(database: Database, dispatch_id: int) -> float:
    looks = []
    for _ in range(_LOOKS):
        began = time.monotonic()
        with database.read() as c:
            status.status(c, dispatch_id)
        looks.append(time.monotonic() - began)
    return 1000 * statistics.median(looks)


def name(rows: int) -> str:
    return f"ledger, {rows / 1e6:g} M"


def lines(rows: Iterable[int]) -> Iterator[tuple[str, str, str]]:
    """For the report: a name, a number, a note."""
    seconds = planned_from_store(_IN_STORE)
    yield "plan, PostgreSQL", f"{seconds:.1f} s", f"{_IN_STORE:,} readers of the subscriber store"
    for grown in measure(rows):
        yield (
            *(name(grown.rows), f"{grown.each:,.0f} µs"),
            f"to take and record each; status in {grown.status:.1f} ms, planned in "
            f"{grown.planned:.1f} s",
        )


if __name__ == "__main__":
    for line in lines([int(word) for word in sys.argv[1:]] or ROWS):
        print(*line, flush=True)
