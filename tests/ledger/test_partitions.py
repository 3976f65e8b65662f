"""On PostgreSQL a large dispatch has a table of its own, and is sent, counted and kept like any."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import publication
import pytest
import sqlalchemy as sa
from alembic import command
from postgresql import Server
from publication import NOON, Bench

from mailer import migrations
from mailer.database import Database
from mailer.errors import DatabaseBusy
from mailer.ledger import partitions, plan, retention, shards
from mailer.ledger.heartbeat import Heartbeat
from mailer.ledger.record import Verdict, record_unseen
from mailer.ledger.schema import attempts, deliveries, dispatches, refusals
from mailer.migrations import copying, upgrading
from mailer.model.delivery import DispatchState

pytestmark = pytest.mark.postgresql

Opened = Callable[..., Database]
SMALL, LARGE = 20, partitions.LARGE
LATER = NOON + dt.timedelta(days=900)


@pytest.fixture
def bench(postgresql_server: Server, tmp_path: Path) -> Iterator[Bench]:
    made = publication.make(postgresql_server.migrated(), tmp_path, SMALL)
    yield made
    made.database.close()
    postgresql_server.take_back()


def invented(number: int) -> plan.Audience:
    """Readers of a list that is too long to be filled for a test."""
    n = sa.func.generate_series(1, number).table_valued("n").render_derived().c.n
    return sa.select(
        n.label("subscription_id"),
        n.label("subscriber_id"),
        sa.func.concat("reader", n, "@example.org").label("email"),
        sa.func.decode(sa.func.md5(sa.cast(n, sa.Text)), "hex").label("token"),
    )


def planned(bench: Bench, issue_id: str) -> int:
    order = bench.order(issue_id)
    with bench.database.write() as c:
        return plan.plan(c, order, invented(LARGE), NOON, LARGE)


def number_in(bench: Bench, table: str) -> int:
    with bench.database.read() as c:
        return int(c.scalar(sa.select(sa.func.count()).select_from(sa.text(table))) or 0)


def octets_of(bench: Bench, table: str) -> int:
    with bench.database.read() as c:
        return int(c.scalar(sa.text(f"SELECT pg_total_relation_size('{table}')")) or 0)


def has_own(bench: Bench, dispatch_id: int) -> bool:
    with bench.database.read() as c:
        return partitions.own_table(c, dispatch_id) is not None


def test_it_is_sent_like_any_other(bench: Bench) -> None:
    """Between small ones, which share a table; nobody is planned for twice."""
    first, large, last = bench.plan("before"), planned(bench, "large"), bench.plan("behind")
    assert [has_own(bench, one) for one in (first, large, last)] == [False, True, False]
    assert number_in(bench, f"deliveries_{large}") == LARGE
    assert number_in(bench, "deliveries_shared") == 2 * SMALL
    edition_id = bench.order("large").edition_id
    with closing(Heartbeat(bench.database, "ann")) as ann, bench.database.write() as c:
        grip = shards.take(c, large, edition_id, ann, NOON)
        assert grip is not None
        due = shards.due(c, grip, NOON)
        verdicts = record_unseen(c, [], [one.mark(grip) for one in due], range(LARGE + 1), NOON)
        assert verdicts == [Verdict.GRANTED] * (LARGE // 64)
        assert plan.count(c, invented(LARGE + 3), "large") == 3


def test_two_may_begin_at_a_time(bench: Bench) -> None:
    """One waits for the other, and neither for good."""
    orders = [bench.order(issue_id) for issue_id in ("one", "two")]

    def begin(order: plan.Order) -> int:
        with bench.database.write() as c:
            return plan.plan(c, order, invented(LARGE), NOON, LARGE)

    with ThreadPoolExecutor(len(orders)) as threads:
        begun = list(threads.map(begin, orders))
    assert all(has_own(bench, dispatch_id) for dispatch_id in begun)


def test_it_shares_the_table_that_somebody_reads_for_long(bench: Bench) -> None:
    """A backup, say: the dispatch begins all the same, and senders of others hardly wait."""
    bench.plan("before")
    with bench.database.read() as reader:
        reader.execute(sa.text("SELECT 1 FROM deliveries_shared")).all()
        large = planned(bench, "large")
    assert not has_own(bench, large)
    assert number_in(bench, "deliveries_shared") == SMALL + LARGE


def test_its_addresses_are_dropped_and_their_room_with_them(bench: Bench) -> None:
    """At a stroke; whose the copies were, and how they ended, is kept."""
    large = planned(bench, "large")
    before = octets_of(bench, f"deliveries_{large}")
    with bench.database.write() as c:
        c.execute(dispatches.update().values(state=DispatchState.FINISHED))
        said = {"at": NOON, "relay": "r", "code": 550, "enhanced": "", "text": "no reader7@x.org"}
        c.execute(attempts.insert().values(dispatch_id=large, seq=7, attempt=1, **said))
        c.execute(refusals.insert().values(dispatch_id=large, seq=7))
        assert not retention.drop_all_addresses(c, large, NOON)  # none is older than that
        assert retention.drop_all_addresses(c, large, LATER)
        found = c.execute(sa.select(deliveries).where(deliveries.c.seq == 7)).one()
        assert (found.email, found.token, found.reply) == (None, None, "")
        assert (found.subscriber_id, found.state, found.changed_at) == (7, "planned", NOON)
        assert c.scalars(sa.select(attempts.c.text)).all() == [""]
        assert c.execute(sa.select(refusals)).all() == []
        assert retention.told_before(c, LATER) == []
        assert plan.count(c, invented(LARGE), "large") == 0
    assert octets_of(bench, f"deliveries_{large}") < 0.8 * before


def test_who_copies_the_database_gets_what_is_emptied_meanwhile(
    bench: Bench, opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that is emptied at a stroke is empty also for who began to read before. So addresses
    are dropped before a backup or behind it."""
    monkeypatch.setattr(partitions, "LARGE", SMALL)
    dispatch_id = bench.plan()
    assert has_own(bench, dispatch_id)
    impatient = opened(bench.database.url, busy_seconds=0.05)
    copy_table = copying._copy_table

    def copied(source: sa.Connection, target: sa.Connection, table: sa.Table) -> int:
        if table is deliveries:
            with pytest.raises(DatabaseBusy), impatient.write() as c:
                retention.drop_all_addresses(c, dispatch_id, LATER)
        return copy_table(source, target, table)

    monkeypatch.setattr(copying, "_copy_table", copied)
    copying.to_file(bench.database, tmp_path / "copy.db")
    with closing(Database(f"sqlite:///{tmp_path}/copy.db")) as file, file.read() as c:
        assert c.scalar(sa.select(sa.func.count()).select_from(deliveries)) == SMALL


def test_rows_of_an_older_release_stay_where_they_are(postgresql_server: Server) -> None:
    """An upgrade moves none; what the older release still plans beside this one is taken in."""
    url = postgresql_server.empty()
    with closing(Database(url)) as database:
        with database.write() as c:
            command.upgrade(upgrading._config(c), "0013")
            c.execute(sa.text(_DISPATCH), {"id": 1, "issue": "old"})
            c.execute(sa.text(_DELIVERY), {"id": 1})
        migrations.upgrade(url)
        with database.write() as c:
            c.execute(sa.text(_DISPATCH), {"id": 2, "issue": "new"})
            c.execute(sa.text(_DELIVERY), {"id": 2})
            query = sa.text("SELECT dispatch_id, tableoid::regclass::text FROM deliveries")
            places = [tuple(row) for row in c.execute(query)]
    assert places == [(1, "deliveries_before"), (2, "deliveries_shared")]


_DISPATCH = """
WITH edition AS (
    INSERT INTO editions (content_hash, issue_id, document, created_at)
    VALUES (:issue, :issue, '{}', 1) RETURNING id
)
INSERT INTO dispatches (id, issue_id, list_ref, list_name, list_title, list_id, segment, purpose,
    edition_id, state, total, created_at)
SELECT :id, :issue, 1, 'm', 'M', 'm.example.org', '', 'issue', edition.id, 'open', 1, 1 FROM edition
"""
_DELIVERY = """
INSERT INTO deliveries (dispatch_id, seq, state, attempt, not_before, changed_at)
VALUES (:id, 1, 'planned', 0, 0, 1)
"""
