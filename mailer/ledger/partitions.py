"""On PostgreSQL the copies of a large dispatch have a table of their own, a part of `deliveries`.

It is filled while it has neither index nor key and nobody knows of it, and attached when it is
whole. When its addresses are dropped it is emptied at a stroke and filled with what is kept. Small
dispatches share a table. See docs/decisions/0020.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from mailer.ledger.alone import alone
from mailer.ledger.schema import deliveries

LARGE = 50_000  # copies
FILLED = 85  # per cent of a page: a copy's states follow each other within it
_PATIENCE_MS = 2000  # for who reads the table of the small ones
_BUSY = "55P03"  # lock_not_available
Rows = sa.Select[*tuple[Any, ...]]


def take_turn(c: sa.Connection, copies: int) -> None:
    """Before the dispatch is written down: a table of its own is made by one transaction at a time,
    since its foreign key waits for all who have changed `dispatches`, and would wait for another
    that waits for it."""
    if copies >= LARGE:
        alone(c, "a dispatch's own table")


def fill(c: sa.Connection, dispatch_id: int, names: list[str], rows: Rows, copies: int) -> int:
    """Write the deliveries of a dispatch to about so many; how many they are."""
    if c.dialect.name != "postgresql" or copies < LARGE:
        return _insert(c, deliveries, names, rows)
    own = _create(c, dispatch_id)
    written = _insert(c, own, names, rows)
    _index(c, own)
    _attach_or_share(c, own, dispatch_id)
    return written


def own_table(c: sa.Connection, dispatch_id: int) -> sa.TableClause | None:
    """The dispatch's own, where it has one."""
    if c.dialect.name != "postgresql":
        return None
    name = _name(dispatch_id)
    return _named(name) if c.scalar(_IS_PARTITION, {"name": name}) else None


_IS_PARTITION = sa.text("SELECT relispartition FROM pg_class WHERE oid = to_regclass(:name)")


def rewrite(c: sa.Connection, own: sa.TableClause, rows: Rows) -> None:
    """A dispatch's own table holds these rows from now on, and no room of those that were there."""
    names = [column.name for column in deliveries.c]
    c.execute(sa.text(f"LOCK TABLE {own.name} IN EXCLUSIVE MODE"))
    c.execute(sa.text("CREATE TEMPORARY TABLE kept (LIKE deliveries) ON COMMIT DROP"))
    kept = _named("kept")
    _insert(c, kept, names, rows)
    c.execute(sa.text(f"TRUNCATE {own.name}"))
    _insert(c, own, names, sa.select(kept).order_by(kept.c.seq))
    c.execute(sa.text("DROP TABLE kept"))
    c.execute(sa.text(f"ANALYZE {own.name}"))


def _insert(c: sa.Connection, table: sa.TableClause, names: list[str], rows: Rows) -> int:
    # PostgreSQL's driver counts the rows of an INSERT only where it is told to.
    counted = table.insert().from_select(names, rows).execution_options(preserve_rowcount=True)
    return c.execute(counted).rowcount


def _create(c: sa.Connection, dispatch_id: int) -> sa.TableClause:
    """The constraint `own` spares a look at each row when it is attached."""
    name = _name(dispatch_id)
    c.execute(
        sa.text(
            f"CREATE TABLE {name} (LIKE deliveries INCLUDING DEFAULTS INCLUDING CONSTRAINTS, "
            f"CONSTRAINT own CHECK (dispatch_id = {dispatch_id})) WITH (fillfactor = {FILLED})"
        )
    )
    return _named(name)


def _index(c: sa.Connection, own: sa.TableClause) -> None:
    """As `deliveries` has it: what is there is not made again when it is attached. The foreign key
    is left to that: to take over one that is there, `dispatches` would be locked for readers too.
    """
    name = own.name
    for statement in (
        f"ALTER TABLE {name} ADD PRIMARY KEY (dispatch_id, seq)",
        f"CREATE INDEX ON {name} (subscriber_id)",
        f"ANALYZE {name}",
    ):
        c.execute(sa.text(statement))


def _attach(c: sa.Connection, own: sa.TableClause, dispatch_id: int) -> None:
    """`dispatches` is locked before any deliveries, as everywhere."""
    bounds = f"FROM ({dispatch_id}) TO ({dispatch_id + 1})"
    c.execute(sa.text("LOCK TABLE dispatches IN SHARE ROW EXCLUSIVE MODE"))
    c.execute(sa.text(f"ALTER TABLE deliveries ATTACH PARTITION {own.name} FOR VALUES {bounds}"))
    c.execute(sa.text(f"ALTER TABLE {own.name} DROP CONSTRAINT own"))


def _attach_or_share(c: sa.Connection, own: sa.TableClause, dispatch_id: int) -> None:
    """PostgreSQL looks through the table of the small dispatches for rows that belong into this
    one, and nobody may use it meanwhile. While somebody reads it for long, a backup say, the rows
    go there as well, rather than that all senders wait."""
    try:
        with c.begin_nested(), _patient(c):
            _attach(c, own, dispatch_id)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _BUSY:
            raise
        _insert(c, deliveries, [column.name for column in deliveries.c], sa.select(own))
        c.execute(sa.text(f"DROP TABLE {own.name}"))


@contextmanager
def _patient(c: sa.Connection) -> Iterator[None]:
    before = c.scalar(sa.text("SHOW lock_timeout"))
    c.execute(sa.text(f"SET LOCAL lock_timeout = {_PATIENCE_MS}"))
    yield
    c.execute(sa.text(f"SET LOCAL lock_timeout = '{before}'"))


def _name(dispatch_id: int) -> str:
    return f"deliveries_{dispatch_id}"


def _named(name: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(column.name, column.type) for column in deliveries.c))
