from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import publication
import pytest
import sqlalchemy as sa

from mailer.database import Database
from mailer.ledger import clock, notices
from mailer.ledger.notices import Kind, Notice, Order
from mailer.ledger.schema import notices as table
from mailer.model.delivery import State

CONFIRM = Order(Kind.CONFIRM, "ann@example.org", "en", "Monthly", b"s" * 16, b"t" * 16)


@pytest.fixture
def database(bench_of: Callable[[int], publication.Bench]) -> Database:
    return bench_of(0).database


def claimed(database: Database, most: int = 9) -> list[Notice]:
    with database.write() as c:
        return notices.claim(c, most)


def later(database: Database, **by: float) -> None:
    """As if that time had passed."""
    back = int(dt.timedelta(**by) / dt.timedelta(microseconds=1))
    times = ("due_at", "expires_at", "changed_at", "created_at")
    with database.write() as c:
        for name in times:
            c.execute(sa.text(f"UPDATE notices SET {name} = {name} - {back}"))  # noqa: S608


def row(database: Database) -> sa.Row[tuple[object, ...]]:
    with database.read() as c:
        return c.execute(sa.select(table)).one()


def settle(database: Database, notice: Notice, state: State, again: bool = False) -> None:
    with database.write() as c:
        due = clock.now(c) if again else None
        notices.settle(c, notice, state, due, "said", None)


def test_a_notice_is_claimed_by_one_alone(database: Database) -> None:
    with database.write() as c:
        notices.order(c, CONFIRM)
        assert notices.is_due(c)
        assert notices.waiting(c) == 1

    [notice] = claimed(database)

    assert (notice.order, notice.attempt) == (CONFIRM, 1)
    assert claimed(database) == []
    assert row(database).state == State.SENDING


def test_what_a_dead_sender_had_is_mailed_again_by_itself(database: Database) -> None:
    """Nobody asks an editor about it: somebody waits."""
    with database.write() as c:
        notices.order(c, CONFIRM)
    [first] = claimed(database)
    later(database, minutes=11)
    assert claimed(database) == []
    later(database, minutes=2)

    [second] = claimed(database)

    assert (second.id, second.attempt) == (first.id, 2)
    settle(database, first, State.SENT)
    assert row(database).state == State.SENDING, "an attempt settles nothing but itself"
    settle(database, second, State.SENT)
    assert (row(database).state, row(database).due_at) == (State.SENT, None)


def test_an_uncertain_one_is_mailed_again_after_a_minute(database: Database) -> None:
    with database.write() as c:
        notices.order(c, CONFIRM)
    settle(database, claimed(database)[0], State.UNCERTAIN)
    assert claimed(database) == []
    later(database, seconds=61)

    assert len(claimed(database)) == 1


@pytest.mark.parametrize(("kind", "hours"), [(Kind.CONFIRM, 72), (Kind.ACCESS, 0.25)])
def test_what_nobody_waits_for_any_more_has_failed(
    database: Database, kind: Kind, hours: float
) -> None:
    """A link that does not work any longer is not mailed."""
    with database.write() as c:
        notices.order(c, Order(kind, "ann@example.org", "en"))
    settle(database, claimed(database)[0], State.DEFERRED, again=True)
    later(database, hours=hours)

    assert claimed(database) == []
    assert (row(database).state, row(database).reply) == (State.FAILED, "said")


def test_what_was_settled_is_forgotten_after_a_month(database: Database) -> None:
    """Addresses are kept as long as somebody may ask about the mail."""
    with database.write() as c:
        notices.order(c, CONFIRM)
    settle(database, claimed(database)[0], State.SENT)
    later(database, days=29)
    claimed(database)
    assert row(database).state == State.SENT
    later(database, days=2)

    claimed(database)

    with database.read() as c:
        assert c.scalar(sa.select(sa.func.count()).select_from(table)) == 0
