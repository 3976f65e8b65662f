"""The way onto the lists on somebody else's word: whoever is let in was compared with who was
erased, and nobody is erased between the comparison and the entry. SQLite has but one writer."""

from __future__ import annotations

import sqlalchemy as sa

_KEY = "hashtextextended('entrance', 0)"
_ENTER = f"SELECT pg_advisory_xact_lock_shared({_KEY})"
_BAR = f"SELECT pg_advisory_xact_lock({_KEY})"


def enter(connection: sa.Connection) -> None:
    """Before the comparison, and before any row is locked: until the transaction ends no other one
    erases anybody."""
    _say(connection, _ENTER)


def bar(connection: sa.Connection) -> None:
    """Before an erasure: who is entering arrives first, and nobody enters until the transaction
    ends."""
    _say(connection, _BAR)


def _say(connection: sa.Connection, statement: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(statement).close()
