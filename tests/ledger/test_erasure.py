"""The ledger lets go of people and keeps its counts, on both databases. What a whole erasure comes
to is in tests/desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from publication import NOON, Bench

from mailer.ledger import erasure, retention, status
from mailer.ledger.erasure import Owners
from mailer.ledger.schema import deliveries, dispatches
from mailer.model.delivery import DispatchState, State

pytestmark = pytest.mark.both_databases

WHOM = "reader2@example.org"


def _whose(bench: Bench) -> list[str | None]:
    with bench.database.read() as c:
        return list(c.scalars(sa.select(deliveries.c.email).order_by(deliveries.c.seq)))


def test_only_what_is_theirs_is_found_and_let_go(bench_of: Callable[[int], Bench]) -> None:
    """By number or by address; `_` in an address stands for itself."""
    bench = bench_of(3)
    dispatch_id = bench.plan()
    number = bench.store.show(WHOM).id
    with bench.database.write() as c:
        c.execute(deliveries.update().values(reply="550 5.1.1 <READER2@example.org> is unknown"))
        owners = Owners(frozenset((number,)), frozenset((WHOM, "reader_@example.org")))
        found = erasure.find(c, owners)
        assert found.copies == 3
        erasure.erase(c, found, owners)
        assert not erasure.find(c, owners)
        assert status.status(c, dispatch_id).total == 3
        replies = set(c.scalars(sa.select(deliveries.c.reply)))
    assert replies == {"550 5.1.1", "550 5.1.1 <(erased)"}


def test_what_became_of_copies_meanwhile_stays(bench_of: Callable[[int], Bench]) -> None:
    """Of one that is theirs, and of one whose relay's words name them."""
    bench = bench_of(2)
    bench.plan()
    number = bench.store.show("reader1@example.org").id
    owners = Owners(frozenset((number,)), frozenset(("reader1@example.org",)))
    deferred = {"state": State.DEFERRED, "reply": "450 4.7.1 <reader1@example.org> greylisted"}
    sent = {"state": State.SENT, "reply": "250 2.0.0 taken"}
    with bench.database.write() as c:
        c.execute(deliveries.update().values(deferred))
        found = erasure.find(c, owners)
        c.execute(deliveries.update().values(sent))
        erasure.erase(c, found, owners)
        told = c.execute(sa.select(deliveries.c.state, deliveries.c.reply)).all()
    assert sorted(map(tuple, told)) == [("sent", "250 2.0.0"), ("sent", "250 2.0.0 taken")]


def test_addresses_of_ended_dispatches_go_stretch_by_stretch(
    bench_of: Callable[[int], Bench],
) -> None:
    bench = bench_of(120)
    bench.plan()
    later = NOON.replace(year=2022)
    with bench.database.write() as c:
        assert retention.told_before(c, later) == []
        c.execute(dispatches.update().values(state=DispatchState.FINISHED))
        stretches = retention.told_before(c, later)
        assert sum(stretch.copies for stretch in stretches) == 120
        retention.drop_addresses(c, stretches[0], later)
    assert _whose(bench).count(None) == stretches[0].copies
