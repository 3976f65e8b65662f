"""Two releases share a database: the newer one has expanded it, the older one, which is this
program, goes on until it is replaced as well."""

from __future__ import annotations

import shutil
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
from mailer.migrations import upgrading
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
_OLDEST = "0015"  # the last step that did more than expand
_NEXT = "9999"
_STEP = """
from alembic import op
revision, down_revision, branch_labels, depends_on = "{next}", "{before}", None, None
def upgrade():
    op.execute("CREATE TABLE novelties (id INTEGER PRIMARY KEY)")
"""


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
    with app.database.read() as c:
        found = c.execute(sa.text("SELECT version_num, oldest FROM alembic_version")).one()
        assert not migrations.is_expanded(c)
    assert tuple(found) == (migrations.head(), _OLDEST)


@pytest.mark.parametrize("expands", [True, False])
def test_a_step_says_that_it_only_expands(
    expands: bool, app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next release's `db upgrade`, with a step that says so, or says nothing. This program fits
    the one and not the other."""
    before, folder = migrations.head(), tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    step = _STEP.format(next=_NEXT, before=before)
    (folder / "versions" / f"{_NEXT}_novelties.py").write_text(step + "expands = True\n" * expands)
    with monkeypatch.context() as later:
        later.setattr(migrations, "FOLDER", folder)
        later.setattr(upgrading, "FOLDER", folder)
        assert migrations.upgrade(app.config.database_url) == (before, _NEXT)
    with app.database.read() as c:
        oldest = c.scalar(sa.text("SELECT oldest FROM alembic_version"))
        assert oldest == (_OLDEST if expands else _NEXT)
        assert migrations.is_expanded(c) is expands


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
