"""Prepared statements find and change what Core would, in the words of each dialect."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from publication import Bench
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from mailer.errors import DatabaseError
from mailer.ledger.prepared import Hex, Prepared, PreparedIn
from mailer.ledger.schema import deliveries

pytestmark = pytest.mark.both_databases

BenchOf = Callable[[int], Bench]


def by_seq(seqs: object) -> sa.Select[int, str]:
    query = sa.select(deliveries.c.seq, Hex(deliveries.c.token)).order_by(deliveries.c.seq)
    return query.where(
        deliveries.c.dispatch_id == sa.bindparam("dispatch"),
        deliveries.c.seq.in_(seqs),
        deliveries.c.state == "planned",
    )


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8, 9])
def test_a_list_of_any_length_is_found(bench_of: BenchOf, count: int) -> None:
    """Each row once, in order, octets as hexadecimal digits."""
    bench = bench_of(9)
    bench.plan()
    found = PreparedIn(by_seq, "dispatch")
    with bench.database.read() as c:
        rows = found.rows(c, (1,), list(range(1, count + 1)))
        again = found.rows(c, (1,), list(range(1, count + 1)))
        tokens = [
            row[0].hex().upper()
            for row in c.exec_driver_sql("SELECT token FROM deliveries ORDER BY seq")
        ]
    assert [tuple(row) for row in rows] == list(enumerate(tokens[:count], start=1))
    assert again == rows


def test_nothing_found_is_an_empty_list(bench_of: BenchOf) -> None:
    with bench_of(0).database.read() as c:
        assert PreparedIn(by_seq, "dispatch").rows(c, (7,), [1]) == []


def test_what_the_driver_raises_is_told_like_any_other_error(bench_of: BenchOf) -> None:
    """One line for the user, whichever way a statement went."""
    bench = bench_of(0)
    missing = Prepared(sa.select(sa.table("nowhere", sa.column("x")).c.x))
    with pytest.raises(DatabaseError, match="not set up yet"), bench.database.read() as c:
        missing.rows(c, ())


def test_postgresql_gets_its_own_words() -> None:
    """Named values, `encode` for `hex`, and rows as rows."""
    query = by_seq([sa.bindparam("among_0")])
    text = str(query.compile(dialect=PGDialect_psycopg()))
    assert "encode(deliveries.token, 'hex')" in text
    assert "%(dispatch)s" in text
    assert "json" not in text
