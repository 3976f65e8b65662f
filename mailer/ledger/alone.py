"""Being alone at something, where a check and what follows from it must not be torn apart."""

from __future__ import annotations

import sqlalchemy as sa

_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))")
_TRY = sa.text("SELECT pg_try_advisory_xact_lock(hashtextextended(:what, 0))")


def alone(c: sa.Connection, what: str) -> None:
    """Whoever else is at `what` waits until this transaction ends. SQLite has but one writer."""
    if c.dialect.name == "postgresql":
        c.execute(_LOCK, {"what": what})


def alone_or_not_at_all(c: sa.Connection, what: str) -> bool:
    """False where somebody else is at `what`; else nobody will be until this transaction ends."""
    return c.dialect.name != "postgresql" or bool(c.scalar(_TRY, {"what": what}))
