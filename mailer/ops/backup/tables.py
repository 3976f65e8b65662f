"""Every row of a database into another, of whatever kind: SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from mailer.ledger.schema import metadata as ledger
from subscribers.schema import metadata as store

_CHUNK = 2_000  # rows


def copy(source: sa.Connection, target: sa.Connection) -> None:
    """Into empty tables of the same revision; rows that others cite go first."""
    for table in _tables():
        rows = source.execution_options(stream_results=True).execute(
            sa.select(table), execution_options={"yield_per": _CHUNK}
        )
        for chunk in rows.mappings().partitions():
            target.execute(sa.insert(table), [dict(row) for row in chunk])
        _go_on_counting(target, table)


def _tables() -> Iterator[sa.Table]:
    yield from store.sorted_tables
    yield from ledger.sorted_tables


def _go_on_counting(c: sa.Connection, table: sa.Table) -> None:
    """PostgreSQL numbers new rows by itself only behind the last number that it gave."""
    if c.dialect.name != "postgresql" or not _is_numbered(table):
        return
    sequence = sa.func.pg_get_serial_sequence(table.name, "id")
    last = sa.select(sa.func.max(table.c.id)).scalar_subquery()
    c.execute(sa.select(sa.func.setval(sequence, sa.func.coalesce(last, 1), last.is_not(None))))


def _is_numbered(table: sa.Table) -> bool:
    return [column.name for column in table.primary_key] == ["id"]
