"""A publication's rows, from one database into another of either kind: all, or none.

Values go by their types, so that each database keeps them in its own way. What arrived is read
again and compared with what left.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from mailer.database import Database
from mailer.errors import DatabaseError
from mailer.ledger.schema import metadata as ledger
from mailer.migrations import upgrade
from subscribers import bulk
from subscribers.schema import metadata as store

_PAGE = 5000  # rows in memory
_LAST_OF_SQLITE = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :table")
_SEQUENCE = sa.text("SELECT pg_get_serial_sequence(:table, :column)")


def tables() -> list[sa.Table]:
    """All of the program's, each behind those that it cites."""
    return [*store.sorted_tables, *ledger.sorted_tables]


def hold_still(c: sa.Connection) -> None:
    """Nobody else writes until the transaction ends, however long that takes; on SQLite that is so
    anyhow."""
    if c.dialect.name == "postgresql":
        c.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        names = ", ".join(table.name for table in tables())
        c.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")


def to_file(database: Database, path: Path) -> None:
    """The database as it is at this moment, in a new file of SQLite's; others go on meanwhile."""
    if database.is_sqlite:
        database.snapshot(path)
        return
    url = f"sqlite:///{path}"
    upgrade(url)
    with closing(Database(url)) as file:
        with database.at_one_moment() as source, file.write() as target:
            _keep_whole(source)
            copy(source, target)
        file.empty_log()


def _keep_whole(c: sa.Connection) -> None:
    """Before the first look at PostgreSQL's tables: one that is emptied at a stroke, as a large
    dispatch's may be, is empty also for who sees the moment before that."""
    names = ", ".join(table.name for table in tables())
    c.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS SHARE MODE")


def _silently(_table: str, _rows: int) -> None:
    """Nobody looks."""


def copy(
    source: sa.Connection, target: sa.Connection, told: Callable[[str, int], None] = _silently
) -> dict[str, int]:
    """How many rows of each table are in `target` now; `told` hears it table by table.

    Both have this program's shape. `source` must not change meanwhile. Raises DatabaseError, and
    the transaction of `target` must be rolled back, where that holds rows, or others arrive.
    """
    for table in tables():
        if target.scalar(sa.select(sa.literal(1)).select_from(table).limit(1)):
            raise DatabaseError(
                f"the other database holds rows already, in {table.name}: name an empty one"
            )
    copied = {}
    for table in tables():
        copied[table.name] = _copy_table(source, target, table)
        told(table.name, copied[table.name])
    return copied


def _copy_table(source: sa.Connection, target: sa.Connection, table: sa.Table) -> int:
    left = _Sum()
    _insert(target, table, left.counting(_rows(source, table)))
    arrived = _Sum()
    for _ in arrived.counting(_rows(target, table)):
        pass
    if arrived != left:
        raise DatabaseError(
            f"{table.name}: {arrived.rows:,} rows arrived of {left.rows:,}, or others: "
            "nothing was copied"
        )
    column = table.autoincrement_column
    if column is not None:
        _go_on_from(target, table, column, _last(source, table, column))
    return left.rows


def _rows(c: sa.Connection, table: sa.Table) -> Iterator[tuple[Any, ...]]:
    query = sa.select(table).execution_options(yield_per=_PAGE)
    with c.execute(query) as found:
        for page in found.partitions():
            yield from map(tuple, page)


@dataclass(slots=True)
class _Sum:
    """How many rows went by, and a sum over what they hold, in whatever order they come."""

    rows: int = 0
    content: int = 0

    def counting(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        for row in rows:
            plain = repr([_plain(value) for value in row]).encode("utf-8", "surrogatepass")
            digest = hashlib.blake2b(plain, digest_size=8).digest()
            self.rows += 1
            self.content = (self.content + int.from_bytes(digest)) % 2**64
            yield row


def _plain(value: Any) -> Any:
    """JSON keeps its order in SQLite, and has none in PostgreSQL."""
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value


def _insert(c: sa.Connection, table: sa.Table, rows: Iterable[tuple[Any, ...]]) -> None:
    stored = map(_for_database(c.dialect, table), rows)
    names = [column.name for column in table.c]
    while page := list(islice(stored, _PAGE)):
        bulk.insert(c, table, names, page)


def _for_database(
    dialect: sa.Dialect, table: sa.Table
) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """Turns a row's values into those that the driver takes."""
    processors = [
        column.type.dialect_impl(dialect).bind_processor(dialect) or _as_it_is for column in table.c
    ]
    return lambda row: tuple(f(value) for f, value in zip(processors, row, strict=True))


def _as_it_is(value: Any) -> Any:
    return value


def _last(c: sa.Connection, table: sa.Table, column: sa.Column[Any]) -> int:
    """The last id that was given out, be its row gone by now; 0 where none was."""
    highest = int(c.scalar(sa.select(sa.func.max(column))) or 0)
    if c.dialect.name == "postgresql":
        sequence = c.scalar(_SEQUENCE, {"table": table.name, "column": column.name})
        columns = sa.column("last_value", sa.BigInteger), sa.column("is_called", sa.Boolean)
        value, called = c.execute(sa.select(*columns).select_from(sa.text(sequence))).one()
        return max(highest, value if called else 0)
    if not table.dialect_options["sqlite"]["autoincrement"]:
        return highest
    return max(highest, c.scalar(_LAST_OF_SQLITE, {"table": table.name}) or 0)


def _go_on_from(c: sa.Connection, table: sa.Table, column: sa.Column[Any], last: int) -> None:
    """The next id is behind `last`."""
    if c.dialect.name == "postgresql":
        values = {"table": table.name, "column": column.name, "next": last + 1}
        following = sa.text("SELECT setval(pg_get_serial_sequence(:table, :column), :next, false)")
        c.execute(following, values)
    elif table.dialect_options["sqlite"]["autoincrement"]:
        row = {"table": table.name, "last": last}
        c.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :table"), row)
        c.execute(sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)"), row)
