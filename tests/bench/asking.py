"""What a large list answers, on both databases: who is in a segment, who is one person, whom a
dispatch would mail.

    python -m tests.bench.asking [ROWS]

The people are those of `moving`, brought in by an import.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from mailer.database import Database
from mailer.premises import utc_now
from subscribers import audience
from subscribers.kinds import AttributeKind
from subscribers.store import Store
from tests import postgresql
from tests.bench import moving
from tests.bench.one_import import LIST
from tests.databases import Databases, Files

ROWS = 1_000_000
_RUNS = 5
_SHOWN = 50  # people
_USE = audience.Use("first_name", 2, len("reader"))
_SEGMENT = 'country = "DE" and plan = "paid"'


@dataclass(frozen=True, slots=True)
class Answers:
    """Seconds: to count a segment over JSON and over typed columns, to show one person, to see what
    each copy of an issue will take. People of an audience that are read in one."""

    untyped: float
    typed: float
    shown: float
    looked_at: float
    streamed: float


def measure(folder: Path, databases: Databases, rows: int = ROWS) -> Answers:
    url = moving.moved_in(folder, databases, rows)
    with closing(Database(url)) as database:
        store = Store(database, lambda: bytes(16))
        list_id = store.list(LIST).id

        def count() -> object:
            return store.segments.count(_SEGMENT, list_id)

        untyped = _median(count)
        for name, values in (("country", ("DE", "FR", "PL", "GB")), ("plan", ("free", "paid"))):
            store.define_attribute(name, AttributeKind.CHOICE, values, utc_now())
        typed, shown = _median(count), _shown(store)
        everybody = store.audience(LIST)
        return Answers(
            untyped,
            typed,
            shown,
            _seconds(partial(_read, store, audience.lengths(everybody, [_USE]))),
            rows / _seconds(partial(_read, store, everybody)),
        )


def _median(act: Callable[[], object]) -> float:
    return statistics.median(_seconds(act) for _ in range(_RUNS))


def _seconds(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


def _shown(store: Store) -> float:
    with store.database.read() as c:
        some = [row.email for row in c.execute(store.audience(LIST).limit(_SHOWN))]
    return statistics.median(_seconds(partial(store.show, address)) for address in some)


def _read(store: Store, people: sa.Select[*tuple[Any, ...]]) -> int:
    """As a send does, page by page."""
    return sum(map(len, audience.pages(store.database, people)))


def lines(rows: int = ROWS) -> Iterator[tuple[str, str, str]]:
    """(name, value, note) of each row of the bench."""
    with tempfile.TemporaryDirectory() as name, postgresql.running_postgresql() as server:
        for title, databases in (("SQLite", Files(Path(name))), ("PostgreSQL", server)):
            answers = measure(Path(name), databases, rows)
            note = f"{title}, {rows:,} people"
            yield "segment", f"{answers.untyped:.2f} s", f"{note}: counted over JSON"
            yield "segment, typed", f"{answers.typed:.2f} s", f"{note}: over typed columns"
            yield "show", f"{answers.shown * 1000:.0f} ms", f"{note}: the median of {_SHOWN}"
            yield "look at all", f"{answers.looked_at:.1f} s", f"{note}: what each copy takes"
            yield "audience", f"{answers.streamed:,.0f}/s", f"{note}: streamed"


if __name__ == "__main__":
    for name, value, note in lines(*map(int, sys.argv[1:])):
        print(f"{name:<20}{value:>12}   {note}", flush=True)
