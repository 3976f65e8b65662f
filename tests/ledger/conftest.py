from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

import publication
import pytest
from publication import Bench

from mailer.database import Database
from mailer.ledger import editions, record, shards
from mailer.ledger.schema import dispatches
from mailer.ledger.shards import Grip, Mark
from mailer.model.delivery import DispatchState, State
from mailer.model.edition import Edition

NOON = publication.NOON


def later(hours: int) -> dt.datetime:
    return NOON + dt.timedelta(hours=hours)


@dataclass
class Books:
    """A ledger in a database of its own, see `database_url`."""

    database: Database

    def store(self, issue_id: str = "2021-01", **changes: Any) -> tuple[Edition, int]:
        """An edition and its id; `changes` are those of its fields."""
        edition = publication.edition(issue_id, **changes)
        with self.database.write() as c:
            return edition, editions.store(c, edition, (), NOON)

    def send(self, edition_id: int, issue_id: str, at: dt.datetime, purpose: str = "issue") -> None:
        """As if a dispatch had begun."""
        row = {"issue_id": issue_id, "edition_id": edition_id, "created_at": at, "purpose": purpose}
        names = ("list_name", "list_title", "list_id", "segment")
        rest = {"list_ref": 1, "state": DispatchState.FINISHED, "total": 0, "started_at": at}
        with self.database.write() as c:
            c.execute(dispatches.insert().values(row | rest | dict.fromkeys(names, "")))


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    made = Books(Database(database_url))
    yield made
    made.database.close()


@pytest.fixture
def in_hand(bench_of: Callable[[int], Bench]) -> Iterator[Callable[[int], tuple[Bench, Grip]]]:
    """Makes a dispatch of so many readers, all in hand."""
    with ExitStack() as stack:

        def make(readers: int) -> tuple[Bench, Grip]:
            bench = bench_of(readers)
            bench.plan()
            ann = stack.enter_context(closing(bench.liveness("ann")))
            with bench.database.write() as c:
                grip = shards.take(c, 1, 1, ann, NOON)
            assert grip is not None
            return bench, grip

        yield make


@pytest.fixture
def held(in_hand: Callable[[int], tuple[Bench, Grip]]) -> tuple[Bench, Grip]:
    """A dispatch of two readers, the first of them on the wire."""
    bench, grip = in_hand(2)
    with bench.database.write() as c:
        record.record(c, (), [Mark(grip, 1, 0, State.PLANNED, 1)], {1, 2}, NOON)
    return bench, grip
