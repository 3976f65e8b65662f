"""Many rows at once into a table, past SQLAlchemy's statement by statement: the driver's own way.

Values are as the database has them: an instant in microseconds, JSON as text. Ids are drawn ahead,
so that rows of one chunk can cite each other; that needs a transaction beside which nobody else
adds to these tables (`shut`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

_CACHE = 32_768  # KiB
_LAST = "SELECT seq FROM sqlite_sequence WHERE name = ?"
_HIGHEST = "SELECT max(id) FROM {}"
_DRAWN = "SELECT nextval(pg_get_serial_sequence('{}', 'id')) FROM generate_series(1, {}) ORDER BY 1"


def shut(connection: sa.Connection, *tables: sa.Table) -> None:
    """Until the end of the transaction nobody else adds rows. SQLite has but one writer anyhow; it
    gets room for the pages of its indexes, which a chunk touches again and again."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE}")
        return
    for table in tables:
        connection.exec_driver_sql(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE")


def new_ids(connection: sa.Connection, table: sa.Table, count: int) -> Sequence[int]:
    """`count` ids that no row of `table` has, or ever had where it never uses one again."""
    if connection.dialect.name == "postgresql":
        found = connection.exec_driver_sql(_DRAWN.format(table.name, count))
        return [row[0] for row in found]
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
    rows: Iterable[Sequence[Any]],
) -> None:
    """Raises IntegrityError where one of them is there already."""
    parameters = list(rows)
    if not parameters:
        return
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table.name} ({names}) FROM STDIN", parameters)
        return
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 # our names
    connection.exec_driver_sql(statement, parameters)


def _copy(connection: sa.Connection, statement: str, rows: Iterable[Sequence[Any]]) -> None:
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
