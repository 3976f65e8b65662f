"""What a bare database takes for the rows of a file: one table with one index, nothing looked at, a
row left out whose address is there already."""

from __future__ import annotations

import csv
import itertools
import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from mailer.database import Database

_CHUNK = 10_000  # rows in one transaction
_TABLE = "CREATE TABLE people (email TEXT UNIQUE, attributes TEXT)"
_Person = tuple[str, str]


def seconds(url: str, file: Path) -> float:
    """For all rows of the file; `url` is that of an empty database."""
    with closing(Database(url)) as database:
        began = time.monotonic()
        if database.is_sqlite:
            with closing(sqlite3.connect(database.path)) as own:
                _into_sqlite(own, file)
        else:
            with closing(database.engine.raw_connection()) as pooled:
                _into_postgresql(pooled.driver_connection, file)
        return time.monotonic() - began


def _into_sqlite(own: sqlite3.Connection, file: Path) -> None:
    own.execute("PRAGMA journal_mode=WAL")
    own.execute(_TABLE)
    for people in _chunks(file):
        own.executemany("INSERT INTO people VALUES (?, ?) ON CONFLICT DO NOTHING", people)
        own.commit()


def _into_postgresql(own: Any, file: Path) -> None:
    """By COPY into a table that vanishes, since COPY itself knows no conflicts."""
    own.execute(_TABLE)
    own.execute("CREATE TEMPORARY TABLE come (LIKE people) ON COMMIT DELETE ROWS")
    for people in _chunks(file):
        with own.cursor() as cursor, cursor.copy("COPY come FROM STDIN") as copy:
            for person in people:
                copy.write_row(person)
        own.execute("INSERT INTO people SELECT * FROM come ON CONFLICT DO NOTHING")
        own.commit()


def _chunks(file: Path) -> Iterator[Sequence[_Person]]:
    with file.open(newline="", encoding="utf-8") as text:
        rows = csv.reader(text)
        next(rows)
        while chunk := list(itertools.islice(rows, _CHUNK)):
            yield [(row[0], json.dumps(row[1:])) for row in chunk]
