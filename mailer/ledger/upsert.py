"""Insert or update in one statement, in the connection's dialect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def insert(c: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> bool:
    """False, and nothing done, where one stands in its way."""
    added = _dialect(c).insert(table).values(row).on_conflict_do_nothing()
    return bool(c.execute(added).rowcount)


def put(
    c: sa.Connection, table: sa.Table, key: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    """The row with this key has these values afterwards, whether it was there or not."""
    _upsert(c, table, key, values, values)


def add(
    c: sa.Connection, table: sa.Table, key: Mapping[str, Any], column: str, number: int
) -> None:
    """The row's column is so much larger afterwards; a row that was not there began at 0."""
    _upsert(c, table, key, {column: number}, {column: table.c[column] + number})


def _upsert(
    c: sa.Connection,
    table: sa.Table,
    key: Mapping[str, Any],
    inserted: Mapping[str, Any],
    updated: Mapping[str, Any],
) -> None:
    row = _dialect(c).insert(table).values({**key, **inserted})
    c.execute(row.on_conflict_do_update(index_elements=list(key), set_=dict(updated)))


def _dialect(c: sa.Connection) -> Any:
    return sqlite if c.dialect.name == "sqlite" else postgresql
