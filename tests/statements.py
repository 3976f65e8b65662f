"""What databases are asked, so that a test can say how much work an answer takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa


@contextmanager
def asked(of: sa.Engine | type[sa.Engine] = sa.Engine) -> Iterator[list[str]]:
    """The statements of one database, or of all, while this lasts."""
    statements: list[str] = []

    def note(*event: object) -> None:
        statements.append(str(event[2]))

    sa.event.listen(of, "before_cursor_execute", note)
    yield statements
    sa.event.remove(of, "before_cursor_execute", note)


def plan(connection: sa.Connection, query: sa.Select[Any]) -> str:
    """How the database would find the answer in tables too large to be read through."""
    words = "EXPLAIN QUERY PLAN"
    if connection.dialect.name == "postgresql":
        words = "EXPLAIN"
        for way in ("seqscan", "bitmapscan"):
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    shown = query.compile(connection, compile_kwargs={"literal_binds": True})
    rows = connection.exec_driver_sql(f"{words} {shown}".replace("%", "%%"))
    return "\n".join(str(row[-1]) for row in rows)
