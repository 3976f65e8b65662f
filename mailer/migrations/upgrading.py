"""Bringing a database to this program's shape: Alembic for SQLite and PostgreSQL.

A migration runs with SQLite's foreign keys off (a batch alter with them on deletes child rows) and
ends with a check of them. There is no way down: restore a backup.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from mailer.database import Database
from mailer.errors import DatabaseError
from mailer.migrations import FOLDER, head, revision


def upgrade(url: str) -> tuple[str | None, str]:
    """See `migrations.upgrade`."""
    database = Database(url, foreign_keys=False)
    if database.is_sqlite:
        database.make_private()
    try:
        with database.write() as c:
            before = revision(c)
            command.upgrade(_config(c), "head")
            _check_foreign_keys(c)
        return before, head()
    finally:
        database.close()


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _check_foreign_keys(c: sa.Connection) -> None:
    if c.dialect.name == "sqlite" and (rows := c.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise DatabaseError(
            f"the upgrade would leave {len(rows)} rows without what they cite: nothing was changed"
        )
