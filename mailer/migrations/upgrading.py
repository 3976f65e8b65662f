"""Bringing a database to this program's shape: Alembic for SQLite and PostgreSQL.

A database that a newer release has expanded is left as it is.

A migration runs with SQLite's foreign keys off (a batch alter with them on deletes child rows) and
ends with a check of them. There is no way down: restore a backup.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from mailer.database import Database
from mailer.errors import DatabaseError
from mailer.migrations import FOLDER, OLDEST, head, is_expanded, other_shape, revision
from mailer.model.counted import number


def upgrade(url: str) -> tuple[str | None, str]:
    """See `migrations.upgrade`."""
    database = Database(url, foreign_keys=False)
    if database.is_sqlite:
        database.make_private()
    try:
        with database.write() as c:
            before = revision(c)
            if before is not None and is_expanded(c):
                return before, before
            if before is not None and before > head():
                raise other_shape(database, before)
            command.upgrade(_config(c), "head")
            _note_oldest(c)
            _check_foreign_keys(c)
        return before, head()
    finally:
        database.close()


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _note_oldest(c: sa.Connection) -> None:
    """The oldest revision whose program can work with what is there now: that of the last step that
    did more than expand. A step says so of itself, by `expands = True`."""
    steps = ScriptDirectory.from_config(_config(c)).walk_revisions()
    oldest = next(each for each in steps if not getattr(each.module, "expands", False)).revision
    columns = {column["name"] for column in sa.inspect(c).get_columns("alembic_version")}
    if OLDEST not in columns:
        c.execute(sa.text(f"ALTER TABLE alembic_version ADD COLUMN {OLDEST} VARCHAR(32)"))
    c.execute(sa.text(f"UPDATE alembic_version SET {OLDEST} = :oldest"), {"oldest": oldest})  # noqa: S608 - a constant


def _check_foreign_keys(c: sa.Connection) -> None:
    if c.dialect.name == "sqlite" and (rows := c.exec_driver_sql("PRAGMA foreign_key_check").all()):
        left = number(len(rows), "row without what it cites", "rows without what they cite")
        raise DatabaseError(f"the upgrade would leave {left}: nothing was changed")
