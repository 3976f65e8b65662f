"""What a connection to SQLite needs: to be durable, foreign keys, and a BEGIN that says whether it
is to write."""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

# The log is copied back when it has so many pages: a busy sender writes the same few again and
# again, and whoever commits then waits.
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=4000")
_FORGETTING = "secure_delete=ON"  # some builds leave what was deleted in the file


def engine(url: sa.URL, busy_seconds: float, foreign_keys: bool) -> sa.Engine:
    arguments = {"timeout": busy_seconds, "check_same_thread": False}
    made = sa.create_engine(url, connect_args=arguments)
    sa.event.listen(made, "connect", partial(_prepare, foreign_keys=foreign_keys))
    sa.event.listen(made, "begin", _begin)
    return made


def _prepare(connection: Any, _record: Any, foreign_keys: bool) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin
    for pragma in (*_PRAGMAS, _FORGETTING, f"foreign_keys={int(foreign_keys)}"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: sa.Connection) -> None:
    """By the driver itself, since a busy sender begins hundreds a second: SQLAlchemy takes
    longer over such a statement than SQLite over the transaction."""
    begin = "BEGIN IMMEDIATE" if connection.get_execution_options().get("mailer_write") else "BEGIN"
    try:
        connection.connection.cursor().execute(begin).close()
    except sqlite3.Error as error:
        raise DBAPIError.instance(begin, None, error, sqlite3.Error) from error
