"""`db copy`: every row arrives, as it was, or none does."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import publication
import pytest
import sqlalchemy as sa
from databases import Files
from newsroom import Newsroom
from postgresql import Server
from publication import NOON, Bench
from warm import Warm

from mailer.database import Database
from mailer.desk import moving
from mailer.errors import DatabaseError, UsageError
from mailer.ledger import control, events, record, shards, status, upsert, workers
from mailer.ledger.record import Result
from mailer.ledger.schema import budgets
from mailer.ledger.shards import Mark
from mailer.migrations import copying
from mailer.model.delivery import DispatchState, State
from mailer.model.outcome import Reply
from subscribers.model import Consent, SubscriptionStatus, SuppressionReason
from subscribers.schema import lists, subscribers

pytestmark = pytest.mark.postgresql


@pytest.fixture(params=["to PostgreSQL", "to SQLite"])
def pair(
    request: pytest.FixtureRequest, postgresql_server: Server, tmp_path: Path
) -> Iterator[tuple[Bench, Database]]:
    """A database with something in it, and an empty one of the other kind."""
    files = Files(tmp_path)
    urls = files.migrated(), postgresql_server.migrated()
    here, there = urls if request.param == "to PostgreSQL" else urls[::-1]
    bench, target = publication.make(here, tmp_path, 5), Database(there)
    lived_in(bench)
    yield bench, target
    bench.database.close()
    target.close()
    postgresql_server.take_back()


def lived_in(bench: Bench) -> None:
    """A bit of everything: odd text, a suppression, a dispatch with attempts, a rate."""
    odd = {"first_name": 'Zoë "O\'Neil"\\\n\t', "b": "1", "a": "{}"}
    consent = Consent("a form", "yes", "192.0.2.1", "a browser")
    confirmed = SubscriptionStatus.CONFIRMED
    bench.store.add("Zoë@example.org", "monthly", odd, consent, confirmed, NOON)
    bench.store.suppress("x@example.org", None, SuppressionReason.BOUNCED, "a test", NOON)
    bench.plan()
    with closing(bench.liveness("ann")) as ann, bench.database.write() as c:
        grip = shards.take(c, 1, 1, ann, NOON)
        assert grip is not None
        record.record(c, (), [Mark(grip, n, 0, State.PLANNED, n) for n in (1, 2)], {1, 2}, NOON)
        said = Reply(451, "4.7.1", "later"), Reply(250, "", "kept")
        record.record(
            c,
            [
                Result(grip, 1, 1, State.DEFERRED, NOON + dt.timedelta(hours=1), said[0], "r"),
                Result(grip, 2, 1, State.SENT, NOON, said[1], "r"),
            ],
            (),
            (),
            NOON,
        )
        shards.release(c, grip, NOON)
        control.pause(c, 1, "lunch", "ann")
        upsert.put(c, budgets, {"name": "r"}, {"rate": 0.1 + 0.2})


def rows(database: Database) -> dict[str, list[Any]]:
    with database.read() as c:
        return {
            table.name: sorted(map(repr, map(_plain, c.execute(sa.select(table)))))
            for table in copying.tables()
        }


def _plain(row: Any) -> list[Any]:
    return [sorted(v.items()) if isinstance(v, dict) else v for v in row]


def copied(source: Database, target: Database) -> dict[str, int]:
    with source.write() as c, target.write() as t:
        return copying.copy(c, t)


def test_every_row_arrives_as_it_was(pair: tuple[Bench, Database]) -> None:
    """Text, JSON, octets, instants, truth, fractions; and the counts are told."""
    bench, target = pair
    found = copied(bench.database, target)
    assert rows(target) == rows(bench.database)
    assert found == {name: len(of) for name, of in rows(target).items()}
    assert {name: found[name] for name in ("subscribers", "attempts", "events", "budgets")} == {
        "subscribers": 6,
        "attempts": 1,
        "events": 1,
        "budgets": 1,
    }


def test_ids_go_on_behind_the_last_that_was_given_out(pair: tuple[Bench, Database]) -> None:
    """Also where the person who had it is gone: nobody else is ever to be taken for them."""
    bench, target = pair
    person = {"attributes": {}, "created_at": NOON, "updated_at": NOON}
    with bench.database.write() as c:
        gone = subscribers.insert().values(email="g@x.org", email_key="g@x.org", **person)
        last = c.scalars(gone.returning(subscribers.c.id)).one()
        c.execute(subscribers.delete().where(subscribers.c.id == last))
    copied(bench.database, target)
    with target.write() as c:
        new = subscribers.insert().values(email="n@x.org", email_key="n@x.org", **person)
        assert c.scalars(new.returning(subscribers.c.id)).one() == last + 1
        row = {"name": "third", "title": "T", "list_id": "t.example.org", "created_at": NOON}
        assert c.scalars(lists.insert().values(row).returning(lists.c.id)).one() == 3


def test_every_table_of_the_program_is_copied(pair: tuple[Bench, Database]) -> None:
    """Whoever adds one need not think of it. PostgreSQL's parts of one are copied with it, and the
    engine's jobs are made anew."""
    others = ("alembic_version", "deliveries_", "procrastinate_")
    with pair[1].read() as c:
        there = {name for name in sa.inspect(c).get_table_names() if not name.startswith(others)}
    assert there == {table.name for table in copying.tables()}


def test_a_database_that_holds_rows_is_refused(pair: tuple[Bench, Database]) -> None:
    """Nothing is mixed, and a second copy is none."""
    bench, target = pair
    copied(bench.database, target)
    before = rows(target)
    with pytest.raises(DatabaseError, match="holds rows already, in lists: name an empty one"):
        copied(bench.database, target)
    assert rows(target) == before


def test_a_copy_that_was_cut_short_leaves_nothing_and_can_be_made_again(
    pair: tuple[Bench, Database],
) -> None:
    """At whatever table."""
    bench, target = pair
    count = itertools.count()

    def cut(_table: str, _rows: int) -> None:
        if next(count) == 5:
            raise KeyboardInterrupt

    with (
        pytest.raises(KeyboardInterrupt),
        bench.database.write() as c,
        target.write() as t,
    ):
        copying.copy(c, t, cut)
    assert not any(rows(target).values())
    copied(bench.database, target)
    assert rows(target) == rows(bench.database)


def test_what_arrives_otherwise_is_found_out(
    postgresql_server: Server, opened: Callable[..., Database], bench_of: Callable[[int], Bench]
) -> None:
    """A trigger that somebody left there, say: the copy is read again, and nothing stays."""
    bench, target = bench_of(3), opened(postgresql_server.migrated())
    with target.write() as c:
        c.exec_driver_sql(
            "CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN NEW.email = upper(NEW.email); RETURN NEW; END'"
        )
        c.exec_driver_sql(
            "CREATE TRIGGER shout BEFORE INSERT ON subscribers FOR EACH ROW "
            "EXECUTE FUNCTION shout()"
        )
    try:
        with pytest.raises(DatabaseError, match="subscribers: 3 rows arrived of 3, or others"):
            copied(bench.database, target)
        assert not any(rows(target).values())
    finally:
        with target.write() as c:
            c.exec_driver_sql("DROP FUNCTION shout CASCADE")
        postgresql_server.take_back()


def silently(_table: str, _rows: int) -> None:
    """Nobody looks."""


def test_who_moves_away_leaves_open_dispatches_paused(
    newsroom: Newsroom, postgresql_server: Server, opened: Callable[..., Database]
) -> None:
    """Else both databases would send the rest. In the new one it is open."""
    app, url = newsroom.app, postgresql_server.empty()
    bench = Bench(app.folder, app.database, app.store)
    bench.add(2)
    bench.plan()
    moving.move(app, url, silently)
    with app.database.read() as c:
        left = status.status(c)
        assert (left.state, left.reason.partition(" to ")[0]) == (DispatchState.PAUSED, "moved")
        assert events.listed(c)[-1].detail == left.reason
    with opened(url).read() as c:
        assert status.status(c).state is DispatchState.OPEN
        assert status.status(c).total == 2


def test_nobody_moves_while_somebody_sends(newsroom: Newsroom, postgresql_server: Server) -> None:
    """A worker, or a sender with a shard in hand."""
    app, url = newsroom.app, postgresql_server.empty()
    with app.database.write() as c:
        workers.beat(c, "w")
    with pytest.raises(UsageError, match="a worker is at work: stop it"):
        moving.move(app, url, silently)
    with app.database.write() as c:
        workers.leave(c, "w")
    bench = Bench(app.folder, app.database, app.store)
    bench.add(2)
    bench.plan()
    with closing(app.liveness()) as sender:
        with app.database.write() as c:
            assert shards.take(c, 1, 1, sender, NOON)
        with pytest.raises(UsageError, match="somebody is sending"):
            moving.move(app, url, silently)
    moving.move(app, url, silently)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://db/news", "is not sqlite:///… or postgresql"),
        ("sqlite:///mailer.db", "is the publication's database already"),
    ],
)
def test_a_url_that_is_no_other_database_is_refused(
    newsroom: Newsroom, url: str, told: str
) -> None:
    """In one line."""
    with pytest.raises(UsageError, match=told):
        moving.move(newsroom.app, url, silently)


def test_the_command_says_what_to_do_next(newsroom: Newsroom, postgresql_server: Server) -> None:
    """With the new URL the program finds everything there."""
    newsroom.add(3)
    url = postgresql_server.empty()
    program = Warm(newsroom.app.folder)
    done = program.run("db", "copy", url)
    assert "subscribers\t3" in done.stdout
    assert "next: set database.url" in done.stderr
    moved = Warm(newsroom.app.folder, {"MAILER_DATABASE__URL": url})
    assert "revision" in moved.ok("db", "check")
    assert "reader2@example.org" in moved.ok("subscriber", "show", "reader2@example.org")


def test_a_rehearsal_on_postgresql_has_a_copy_of_its_own(
    newsroom: Newsroom, postgresql_server: Server, tmp_path: Path
) -> None:
    """And so has a backup: as a file of SQLite's, of one moment, whatever others do meanwhile."""
    newsroom.add(3)
    url, file = postgresql_server.empty(), tmp_path / "copy.db"
    moving.move(newsroom.app, url, silently)
    with closing(Database(url)) as there, closing(Database(f"sqlite:///{file}")) as copy:
        with there.write() as c:
            c.execute(lists.update().values(title="Changed meanwhile"))
            copying.to_file(there, file)
        found = rows(copy)
        assert "Changed meanwhile" not in repr(found["lists"])
        assert len(found["subscribers"]) == 3
