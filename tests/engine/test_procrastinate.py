"""What only the engine with jobs has to keep: its queue is in order whatever happens to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from databases import Databases
from postgresql import Server, running_postgresql
from program import until
from publication import NOON, Bench, make

from mailer.engine.procrastinate import schema
from mailer.engine.procrastinate.engine import Procrastinate
from mailer.engine.procrastinate.feed import JobFeed
from mailer.engine.procrastinate.housekeeping import keep_house
from mailer.errors import DatabaseError
from mailer.ledger import control, letters, schedule
from mailer.ledger.alone import alone
from mailer.ledger.letters import Kind

pytestmark = pytest.mark.postgresql
SHARDS = 6


@pytest.fixture
def databases(postgresql_server: Server) -> Iterator[Databases]:
    yield postgresql_server
    postgresql_server.take_back()


@pytest.fixture
def bench(bench_of: Callable[[int], Bench]) -> Bench:
    """A dispatch of six shards that is the workers'."""
    return handed_over(bench_of(50 * SHARDS))


def handed_over(bench: Bench) -> Bench:
    dispatch_id = bench.plan()
    with bench.database.write() as c:
        schedule.hand_over(c, dispatch_id, "ann")
    return bench


def jobs(bench: Bench, *columns: str) -> Sequence[sa.Row[tuple[object, ...]]]:
    with bench.database.read() as c:
        query = f"SELECT {', '.join(columns)} FROM procrastinate_jobs ORDER BY id"  # noqa: S608
        return c.execute(sa.text(query)).all()


def keep(bench: Bench) -> None:
    with bench.database.write() as c:
        keep_house(c)


def test_the_tables_are_those_of_the_installed_release() -> None:
    """A release that changes them needs a migration of ours that brings the change."""
    assert schema.newest_change() == "03.04.00_50_post_add_retry_failed_job_procedure.sql"


def test_jobs_are_written_with_the_ledger_or_not_at_all(bench: Bench) -> None:
    engine = Procrastinate(bench.database)
    with bench.database.engine.connect() as c:
        engine.enqueue(c, 1)
        c.rollback()
    assert jobs(bench, "id") == []
    with bench.database.write() as c:
        engine.enqueue(c, 1)
    row = jobs(bench, "queue_name", "args", "queueing_lock", "lock")[2]
    assert tuple(row) == ("bulk", {"dispatch": 1, "number": 3}, "shard 3 of dispatch 1", None)


def test_housekeeping_changes_nothing_where_nothing_is_amiss(bench: Bench) -> None:
    """One job for each shard and each errand, however often it is made; and none twice where
    somebody enqueues besides."""
    with bench.database.write() as c:
        letters.order(c, 1, Kind.ENDED)
    keep(bench)
    before = jobs(bench, "id", "queueing_lock")
    assert len(before) == SHARDS + 1
    keep(bench)
    with bench.database.write() as c:
        Procrastinate(bench.database).enqueue(c, 1)
    assert jobs(bench, "id", "queueing_lock") == before


def test_one_worker_at_a_time_keeps_house(bench: Bench) -> None:
    """Who finds another at it leaves it at that."""
    with bench.database.write() as c:
        alone(c, "the engine's housekeeping")
        keep(bench)
        assert jobs(bench, "id") == []


def test_the_job_of_a_dead_worker_is_made_anew(bench: Bench) -> None:
    """Of one whose heart has not beaten for eight seconds; that of a living one is left to it."""
    keep(bench)
    with bench.database.write() as c:
        for number, seconds in ((1, 9), (2, 6)):
            c.execute(
                sa.text(
                    "WITH worker AS (INSERT INTO procrastinate_workers (last_heartbeat) "
                    "VALUES (now() - make_interval(secs => :seconds)) RETURNING id) "
                    "UPDATE procrastinate_jobs j SET status = 'doing', worker_id = worker.id "
                    "FROM worker WHERE priority = -:number"
                ),
                {"seconds": seconds, "number": number},
            )
    keep(bench)
    found = {row.priority: row.status for row in jobs(bench, "priority", "status")}
    assert (found[-1], found[-2]) == ("todo", "doing")
    assert len(found) == len(jobs(bench, "id")) == SHARDS


def test_what_is_paused_waits_in_nobodys_way(bench: Bench) -> None:
    """It has no jobs until it is resumed; one that a worker has in hand ends by itself."""
    keep(bench)
    with bench.database.write() as c:
        c.exec_driver_sql("UPDATE procrastinate_jobs SET status = 'doing' WHERE priority = -1")
        c.exec_driver_sql(
            "WITH worker AS (INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id) "
            "UPDATE procrastinate_jobs SET worker_id = worker.id FROM worker WHERE priority = -1"
        )
        control.pause(c, 1, "wait", "ann")
    keep(bench)
    assert [row.priority for row in jobs(bench, "priority")] == [-1]
    with bench.database.write() as c:
        control.resume(c, 1, "ann")
    keep(bench)
    assert len(jobs(bench, "id")) == SHARDS


def test_what_one_worker_does_not_take_another_gets(bench: Bench) -> None:
    """A job is done once its worker lets go of it, and leaves the table."""

    def fed() -> JobFeed:
        return Procrastinate(bench.database).feed(lambda _line: None)

    with closing(fed()) as idle:
        until(lambda: idle.agenda().send == [1])
        with closing(fed()) as other:
            until(lambda: other.agenda().send == [1])
    assert {row.status for row in jobs(bench, "status")} <= {"todo"}


@pytest.mark.slow
def test_a_database_that_is_gone_is_waited_for(tmp_path: Path) -> None:
    """That is told, and all that waits comes when it is back."""
    told: list[str] = []
    taken: list[int] = []
    with running_postgresql() as server, ExitStack() as stack:
        bench = handed_over(make(server.migrated(), tmp_path, 50 * SHARDS))
        stack.callback(bench.database.close)
        feed = stack.enter_context(closing(Procrastinate(bench.database).feed(told.append)))
        ann = stack.enter_context(closing(bench.liveness("ann")))
        until(lambda: feed.agenda().send == [1])
        server.restart(1.0)

        def all_taken() -> bool:
            with suppress(DatabaseError):
                feed.agenda()
                with bench.database.write() as c:
                    grip = feed.supply(1).take(c, 1, ann, NOON)
                taken.extend([grip.number] if grip else [])
            return len(taken) == SHARDS

        until(all_taken)
    assert sorted(taken) == list(range(1, SHARDS + 1))
    assert told
    assert all(line.startswith("the queue of jobs: ") for line in told)
