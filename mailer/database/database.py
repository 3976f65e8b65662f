"""The database as everybody below the desk gets it: `read()` and `write()`, each a transaction."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any
from weakref import finalize

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from mailer.database import postgresql, sqlite
from mailer.database.trouble import translated
from mailer.database.turnstile import Turnstile

BUSY_SECONDS = 30.0
_EMPTY_LOG = "PRAGMA wal_checkpoint(TRUNCATE)"


class Database:
    """One publication's database. Make it once per process."""

    def __init__(
        self, url: str, busy_seconds: float = BUSY_SECONDS, foreign_keys: bool = True
    ) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._turnstile: Turnstile | None = None
        if self.is_sqlite:
            self.engine = sqlite.engine(self.url, busy_seconds, foreign_keys)
            self._writing: sa.Engine = self.engine.execution_options(mailer_write=True)
            self._turnstile = Turnstile(self.path, busy_seconds)
        else:
            self.engine = postgresql.engine(self.url, busy_seconds)
            self._writing = postgresql.writing_engine(self.url, busy_seconds)
            for engine in (self.engine, self._writing):
                finalize(self, engine.dispose)  # the server is told when the program ends

    def make_private(self) -> None:
        """Make SQLite's file where there is none, for its owner alone: readers' addresses will be
        in it. SQLite gives the files beside it the same mode."""
        with suppress(OSError):  # whoever uses it is told what is wrong with it
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))

    @cached_property
    def where(self) -> str:
        """What a message names: SQLite's file, or the URL without passwords."""
        return str(self.path) if self.is_sqlite else postgresql.shown(self.url)

    @cached_property
    def path(self) -> Path:
        """SQLite's file."""
        return Path(self.url.database or "")

    @property
    def driver_arguments(self) -> dict[str, Any]:
        """For who has connections of their own to PostgreSQL."""
        return postgresql.arguments(self.engine)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A read transaction; keep it short (an open reader lets SQLite's WAL grow)."""
        with translated(self.where), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A write transaction: committed at the end of the block, rolled back on an error."""
        with self._turn_to_write(), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def at_one_moment(self) -> Iterator[sa.Connection]:
        """A read transaction in which every statement sees the same, as SQLite has it anyhow."""
        level = "SERIALIZABLE" if self.is_sqlite else "REPEATABLE READ"
        with translated(self.where), self.engine.connect() as connection:
            yield connection.execution_options(isolation_level=level)

    @contextmanager
    def _turn_to_write(self) -> Iterator[None]:
        with translated(self.where):
            if self._turnstile is None:
                yield
            else:
                with self._turnstile.pass_through():
                    yield

    def pen(self) -> Pen:
        """For who writes many times a second."""
        return Pen(self)

    def empty_log(self) -> None:
        """Write SQLite's log back into the file: what was deleted stands in it no longer, unless
        somebody is reading at this moment."""
        if self.is_sqlite:
            with self._turn_to_write():
                self._by_itself(_EMPTY_LOG)

    def compact(self) -> None:
        """Write SQLite's file anew, without the room of what was deleted; nobody else writes
        meanwhile."""
        if self.is_sqlite:
            with self._turn_to_write():
                self._by_itself("VACUUM")
                self._by_itself(_EMPTY_LOG)

    def snapshot(self, path: Path) -> None:
        """Write SQLite's database, as it is at this moment, into a new file; others go on reading
        and writing meanwhile."""
        self._by_itself("VACUUM INTO ?", str(path), written=str(path))

    def _by_itself(self, statement: str, *values: str, written: str = "") -> None:
        """Outside of any transaction; see `translated`."""
        with translated(self.where, written):
            connection = self.engine.raw_connection()
            try:
                connection.cursor().execute(statement, values).close()
            except sqlite3.Error as error:
                raise DBAPIError.instance(statement, None, error, sqlite3.Error) from error
            finally:
                connection.close()

    def close(self) -> None:
        for engine in (self.engine, self._writing):
            engine.dispose()
        if self._turnstile is not None:
            self._turnstile.close()


class Pen:
    """A connection that is kept from one write transaction to the next, in one thread: to take it
    from the pool and to give it back takes longer than a small transaction. A new one follows
    where something went wrong."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: sa.Connection | None = None

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Like `Database.write`."""
        with self._database._turn_to_write():
            try:
                connection = self._connection or self._database._writing.connect()
                self._connection = connection
                with connection.begin():
                    yield connection
            except BaseException:
                self.put_down()
                raise

    def put_down(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(DBAPIError):
                connection.close()
