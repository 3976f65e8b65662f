"""Many rows at once into a table, past SQLAlchemy's statement by statement: the driver's own way.

Values are as the database has them: an instant in microseconds, JSON as text. Ids are drawn ahead,
so that rows of one chunk can cite each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from subscribers.database import by_index

_CACHE = 32_768  # KiB
_MOST_ROWS = 500  # of one statement: more are no quicker
_MOST_VALUES = 32_766
_LAST = "SELECT seq FROM sqlite_sequence WHERE name = ?"
_HIGHEST = "SELECT max(id) FROM {}"
_DRAWN = (  # the subquery: its sequence is looked up once, not once for each id
    "SELECT array_agg(nextval((SELECT pg_get_serial_sequence('{}', 'id')::regclass))) "
    "FROM generate_series(1, {})"
)

Row = Sequence[Any]


def prepare(connection: sa.Connection) -> None:
    """Before a chunk. SQLite gets room for the pages of its indexes, which are touched again and
    again; what PostgreSQL knows of tables that grow so quickly is out of date."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE}")
    by_index(connection)


def take_stock(connection: sa.Connection) -> None:
    """After many rows. PostgreSQL plans by what it knows of a table, and finds out by itself only
    a while later: until then a count takes five times as long."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE subscribers, subscriptions, consent_events")


def new_ids(connection: sa.Connection, table: sa.Table, count: int) -> Sequence[int]:
    """`count` ids that no row of `table` has, or ever had where it never uses one again."""
    if not count:
        return ()
    if connection.dialect.name == "postgresql":
        drawn: list[int] = connection.exec_driver_sql(_DRAWN.format(table.name, count)).scalar_one()
        return drawn
    if table.dialect_options["sqlite"]["autoincrement"]:
        last = connection.exec_driver_sql(_LAST, (table.name,)).scalar()
    else:
        last = connection.exec_driver_sql(_HIGHEST.format(table.name)).scalar()
    first = (last or 0) + 1
    return range(first, first + count)


def insert(
    connection: sa.Connection,
    table: sa.Table,
    columns: Sequence[str],
    rows: Sequence[Row],
) -> None:
    """Raises IntegrityError where one of them is there already."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table.name} ({', '.join(columns)}) FROM STDIN", rows)
        return
    columns, rows = _told(columns, rows)
    names = ", ".join(columns)
    for some in batches(rows, len(columns)):
        statement = f"INSERT INTO {table.name} ({names}) VALUES {marks(some)}"  # noqa: S608 # our names
        connection.exec_driver_sql(statement, tuple(chain.from_iterable(some)))


def _told(columns: Sequence[str], rows: Sequence[Row]) -> tuple[Sequence[str], Sequence[Row]]:
    """Without the columns that are null in every row: the driver takes longer over a null than over
    a text."""
    by_column = dict(zip(columns, zip(*rows, strict=True), strict=True))
    told = {name: cells for name, cells in by_column.items() if cells.count(None) < len(rows)}
    return list(told), list(zip(*told.values(), strict=True))


def batches(rows: Sequence[Row], columns: int) -> Iterator[Sequence[Row]]:
    """As many rows as SQLite takes in a statement, on which it spends more than on a row."""
    most = min(_MOST_ROWS, _MOST_VALUES // columns)
    return (rows[first : first + most] for first in range(0, len(rows), most))


def marks(rows: Sequence[Row]) -> str:
    """The places of the values, in an INSERT of SQLite's."""
    one = f"({', '.join('?' * len(rows[0]))})"
    return ", ".join([one] * len(rows))


def _copy(connection: sa.Connection, statement: str, rows: Iterable[Row]) -> None:
    cursor: Any = connection.connection.cursor()
    driver: Any = connection.dialect.dbapi
    try:
        with cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except driver.Error as error:
        raise DBAPIError.instance(statement, None, error, driver.Error) from error
