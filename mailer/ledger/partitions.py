"""On PostgreSQL the copies of a large dispatch have a table of their own, a partition of `deliveries`.

It is filled while it has neither index nor key and nobody knows of it, and attached when it is
whole. Once it is kept for the record only, it is written anew, smaller, in the place of the old
one, which is dropped. Small dispatches share a table. See docs/decisions/0020.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from mailer.ledger.schema import deliveries

LARGE = 50_000  # copies
FILLED = 85  # per cent of a page: a copy's states follow each other within it
_PATIENCE_MS = 3000  # for who reads the table of the small ones
_BUSY = "55P03"  # lock_not_available
Rows = sa.Select[*tuple[Any, ...]]


def fill(c: sa.Connection, dispatch_id: int, names: list[str], rows: Rows, copies: int) -> int:
    """Write the deliveries of a dispatch to about so many; how many they are."""
    if c.dialect.name != "postgresql" or copies < LARGE:
        return _insert(c, deliveries, names, rows)
    own = _create(c, f"deliveries_{dispatch_id}", dispatch_id)
    written = _insert(c, own, names, rows)
    _index(c, own)
    _attach_or_share(c, own, dispatch_id)
    return written


def find(c: sa.Connection, dispatch_id: int) -> sa.TableClause | None:
    """The dispatch's own table, where it has one."""
    if c.dialect.name != "postgresql":
        return None
    name = c.scalar(_OWN, {"own": f"FOR VALUES FROM ('{dispatch_id}') TO ('{dispatch_id + 1}')"})
    return None if name is None else _named(str(name))


_OWN = sa.text(
    "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid "
    "WHERE inhparent = 'deliveries'::regclass AND pg_get_expr(relpartbound, pg_class.oid) = :own"
)


def replace(c: sa.Connection, dispatch_id: int, old: sa.TableClause, rows: Rows) -> None:
    """Its rows are these from now on. Others may read the old ones until it is done."""
    c.execute(_text(f"LOCK TABLE {old.name} IN SHARE MODE"))
    turn = int(old.name.partition("_turn_")[2] or 1) + 1
    new = _create(c, f"deliveries_{dispatch_id}_turn_{turn}", dispatch_id)
    _insert(c, new, [column.name for column in deliveries.c], rows)
    _index(c, new)
    c.execute(_text(f"ALTER TABLE deliveries DETACH PARTITION {old.name}"))
    _attach(c, new, dispatch_id)
    c.execute(_text(f"DROP TABLE {old.name}"))


def _insert(c: sa.Connection, table: sa.TableClause, names: list[str], rows: Rows) -> int:
    # PostgreSQL's driver counts the rows of an INSERT only where it is told to.
    counted = table.insert().from_select(names, rows).execution_options(preserve_rowcount=True)
    return c.execute(counted).rowcount


def _create(c: sa.Connection, name: str, dispatch_id: int) -> sa.TableClause:
    """The constraint of its own spares a look at each row when it is attached."""
    c.execute(
        _text(
            f"CREATE TABLE {name} (LIKE deliveries INCLUDING DEFAULTS INCLUDING CONSTRAINTS, "
            f"CONSTRAINT own CHECK (dispatch_id = {dispatch_id})) WITH (fillfactor = {FILLED})"
        )
    )
    return _named(name)


def _index(c: sa.Connection, own: sa.TableClause) -> None:
    """As `deliveries` has it: what is there is not made again when it is attached."""
    name = own.name
    for statement in (
        f"ALTER TABLE {name} ADD PRIMARY KEY (dispatch_id, seq)",
        f"ALTER TABLE {name} ADD FOREIGN KEY (dispatch_id) REFERENCES dispatches (id)",
        f"CREATE INDEX ON {name} (subscriber_id)",
        f"ANALYZE {name}",
    ):
        c.execute(_text(statement))


def _attach(c: sa.Connection, own: sa.TableClause, dispatch_id: int) -> None:
    bounds = f"FROM ({dispatch_id}) TO ({dispatch_id + 1})"
    c.execute(_text(f"ALTER TABLE deliveries ATTACH PARTITION {own.name} FOR VALUES {bounds}"))
    c.execute(_text(f"ALTER TABLE {own.name} DROP CONSTRAINT own"))


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
        c.execute(_text(f"INSERT INTO deliveries SELECT * FROM {own.name}"))
        c.execute(_text(f"DROP TABLE {own.name}"))


@contextmanager
def _patient(c: sa.Connection) -> Iterator[None]:
    before = c.scalar(_text("SHOW lock_timeout"))
    c.execute(_text(f"SET LOCAL lock_timeout = {_PATIENCE_MS}"))
    yield
    c.execute(_text(f"SET LOCAL lock_timeout = '{before}'"))


def _named(name: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(column.name, column.type) for column in deliveries.c))


def _text(statement: str) -> sa.TextClause:
    """Of names and numbers of ours alone."""
    return sa.text(statement)
