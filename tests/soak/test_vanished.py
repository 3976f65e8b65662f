"""A program that is cut off from PostgreSQL while it holds what others need."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing

import namespaces
import pytest
import sqlalchemy as sa
from ground import Apart, ground

from mailer.database import Database
from mailer.errors import DatabaseError

FOR_EVER = 3600.0  # seconds: longer than the test waits for anything
TAKE = "UPDATE things SET owner = '{}' WHERE number = {}"


def take(c: sa.Connection, owner: str, number: int) -> None:
    c.exec_driver_sql(TAKE.format(owner, number))


@pytest.mark.soak
def test_nobody_waits_for_what_it_has_locked() -> None:
    """Neither where it thinks in the middle of a transaction, nor where it waits for a lock itself:
    the others get theirs in the thirty seconds that they have patience, and it is told."""
    with ExitStack() as stack:
        apart = stack.enter_context(ground())
        if not isinstance(apart, Apart):
            pytest.skip(apart.kind)
        url = sa.make_url(apart.server.empty())
        here, other = (stack.enter_context(closing(Database(str(url)))) for _ in range(2))
        with here.write() as c:
            c.exec_driver_sql("CREATE TABLE things (number int PRIMARY KEY, owner text)")
            c.exec_driver_sql("INSERT INTO things VALUES (1, ''), (2, ''), (3, '')")
        host = apart.net.host()
        there = url.set(host=namespaces.DATABASE, query={})
        cut, both = threading.Event(), threading.Barrier(3)

        def think() -> None:
            with closing(Database(str(there))) as database, database.write() as c:
                take(c, "thinker", 1)
                both.wait()
                cut.wait()
                take(c, "thinker", 2)

        def wait() -> None:
            patient = Database(str(there), busy_seconds=FOR_EVER)
            with closing(patient) as database, database.write() as c:
                take(c, "waiter", 2)
                both.wait()
                take(c, "waiter", 3)

        def away(work: Callable[[], None]) -> Future[None]:
            return threads.submit(host.namespace.within, work)

        threads = stack.enter_context(ThreadPoolExecutor(2))
        with here.read() as c:  # who writes may not think for so long
            take(c, "nobody", 3)
            vanished = [away(think), away(wait)]
            both.wait()
            host.database.cut()
            cut.set()
            with other.write() as c2:
                take(c2, "we", 1)
                take(c2, "we", 2)
        for each in vanished:
            assert isinstance(each.exception(), DatabaseError)
        with here.read() as c:
            owners = c.exec_driver_sql("SELECT owner FROM things ORDER BY number").scalars()
            assert list(owners) == ["we", "we", ""]
