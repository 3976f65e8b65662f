"""The database's shape, step by step: Alembic for SQLite and PostgreSQL.

A migration runs with SQLite's foreign keys off (a batch alter with them on deletes child rows) and
ends with a check of them. There is no way down: restore a backup.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from mailer.database import Database
from mailer.errors import DatabaseError

_FOLDER = Path(__file__).resolve().parent


def upgrade(url: str) -> tuple[str | None, str]:
    """Bring the database to this program's shape, all or nothing; (revision before, after)."""
    database = Database(url, foreign_keys=False)
    if database.is_sqlite:
        database.make_private()
    try:
        with database.write() as c:
            before = MigrationContext.configure(c).get_current_revision()
            command.upgrade(_config(c), "head")
            _check_foreign_keys(c)
        return before, head()
    finally:
        database.close()


def head() -> str:
    """The revision that this program was written for."""
    return str(ScriptDirectory(str(_FOLDER)).get_current_head())


def current(database: Database) -> str | None:
    """The database's revision; None where nothing was set up yet."""
    with database.read() as c:
        return MigrationContext.configure(c).get_current_revision()


def require_current(database: Database) -> None:
    """Raises DatabaseError where the database and this program do not fit."""
    found = current(database)
    if found is None:
        raise DatabaseError(f"{database.where}: not set up yet: run `mailer db upgrade`")
    if found != head():
        raise DatabaseError(
            f"{database.where}: has revision {found}, this program needs {head()}: "
            "run `mailer db upgrade`, or a newer mailer if it knows no such revision"
        )


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _check_foreign_keys(c: sa.Connection) -> None:
    if c.dialect.name == "sqlite" and (rows := c.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise DatabaseError(
            f"the upgrade would leave {len(rows)} rows without what they cite: nothing was changed"
        )
