"""Two releases share a database: the newer one has expanded it, the older one, which is this
program, goes on until it is replaced as well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import newsroom
import pytest
import sqlalchemy as sa
from databases import Databases

from mailer import migrations
from mailer.app import App, open_app
from mailer.database import Database
from mailer.desk import dispatches, moving
from mailer.errors import DatabaseError
from mailer.ledger import workers
from mailer.model.delivery import State
from mailer.ops.backup import making
from subscribers.model import Consent, SubscriptionStatus

pytestmark = pytest.mark.both_databases

# What a step may do that only expands: tables, indexes, columns that may be empty or have defaults.
_EXPANSION = (
    "CREATE TABLE novelties (id INTEGER PRIMARY KEY, text TEXT NOT NULL)",
    "ALTER TABLE subscribers ADD COLUMN novelty TEXT",
    "ALTER TABLE subscriptions ADD COLUMN novelty INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE dispatches ADD COLUMN novelty INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE shards ADD COLUMN novelty INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE deliveries ADD COLUMN novelty INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE workers ADD COLUMN novelty TEXT",
    "CREATE INDEX ix_novelty ON deliveries (dispatch_id, novelty)",
)
_NEXT = "9999"


@pytest.fixture
def app(tmp_path: Path, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """A publication whose database is one that may be altered."""
    folder = newsroom.make(tmp_path / "news").app.folder
    url = databases.empty()
    migrations.upgrade(url)
    monkeypatch.setenv("MAILER_DATABASE__URL", url)
    made = open_app(folder)
    made.store.create_list("monthly", "Monthly", "monthly.example.org", made.now())
    yield made
    made.database.close()


def next_release(app: App, oldest: str) -> None:
    """As its `mailer db upgrade` leaves the database: `oldest` can still work with it."""
    with app.database.write() as c:
        for statement in _EXPANSION:
            c.execute(sa.text(statement))
        c.execute(
            sa.text("UPDATE alembic_version SET version_num = :next, oldest = :oldest"),
            {"next": _NEXT, "oldest": oldest},
        )
    app.database.close()


def test_an_upgrade_writes_down_whose_program_fits(app: App) -> None:
    """No step so far has only expanded."""
    with app.database.read() as c:
        found = c.execute(sa.text("SELECT version_num, oldest FROM alembic_version")).one()
        assert not migrations.is_expanded(c)
    assert tuple(found) == (migrations.head(), migrations.head())


def test_this_program_goes_on_with_an_expanded_database(app: App) -> None:
    """Sign up, send, leave, be seen: whatever it writes, it needs to know nothing of the new."""
    next_release(app, oldest=migrations.head())
    room = newsroom.Newsroom(open_app(app.folder))
    room.add(3)
    consent = Consent("a form", "yes")
    store = room.app.store
    store.add("ann@example.org", "monthly", {}, consent, SubscriptionStatus.CONFIRMED, app.now())
    assert dispatches.of(room.app, room.send()).counts[State.SENT] == 4
    store.unsubscribe("ann@example.org", None, "a test", app.now())
    with room.app.database.write() as c:
        workers.beat(c, "ann-1")
    room.app.database.close()


def test_an_upgrade_by_the_older_program_leaves_it_alone(app: App) -> None:
    next_release(app, oldest=migrations.head())
    assert migrations.upgrade(app.config.database_url) == (_NEXT, _NEXT)


def test_whoever_copies_all_rows_must_know_all_columns(app: App, tmp_path: Path) -> None:
    """A backup without the new ones would be worth nothing to the newer release."""
    next_release(app, oldest=migrations.head())
    with pytest.raises(DatabaseError, match="run a newer mailer"):
        making.make(open_app(app.folder), tmp_path / "backup.zip")
    with pytest.raises(DatabaseError, match="run a newer mailer"):
        moving.move(open_app(app.folder), "sqlite:///other.db", lambda _name, _rows: None)


def test_what_was_taken_away_stops_this_program(app: App) -> None:
    """The next release has contracted the shape: only its own program fits."""
    next_release(app, oldest=_NEXT)
    with pytest.raises(DatabaseError, match=f"has revision {_NEXT}, this program needs"):
        _ = open_app(app.folder).database
    with pytest.raises(DatabaseError, match="run a newer mailer"):
        migrations.upgrade(app.config.database_url)


def test_a_newer_release_that_wrote_nothing_down_does_not_fit(app: App) -> None:
    with app.database.write() as c:
        c.execute(sa.text("UPDATE alembic_version SET version_num = :next"), {"next": _NEXT})
        c.execute(sa.text("ALTER TABLE alembic_version DROP COLUMN oldest"))
    app.database.close()
    with pytest.raises(DatabaseError, match="run a newer mailer"):
        migrations.require_fit(Database(app.config.database_url))
