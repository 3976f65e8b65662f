"""The database as everybody below the desk gets it: `read()` and `write()`, each a transaction.

On SQLite every write passes a turnstile of two file locks, so that a web writer beside a busy
sender gets its turn (without it SQLite's own lock starves it).
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from mailer.errors import DatabaseBusy, DatabaseError, DatabaseReadOnly

BUSY_SECONDS = 30.0
_BUSY = "{}: locked by another program for too long: try again when it is done"
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0002, 0.005  # seconds between two looks at a lock


class Turnstile:
    """First come, first served, over processes and threads: flock A, flock B, release A; later
    release B. Whoever waits for B holds A, so a busy writer cannot overtake it. The kernel frees
    both at a holder's death.

    A lock belongs to an open file, so each passage has a pair of open files of its own; they are
    kept for the next one, and never used by a process that was forked off meanwhile.
    """

    def __init__(self, path: Path, seconds: float) -> None:
        self._a = path.with_name(path.name + ".turn-a")
        self._b = path.with_name(path.name + ".turn-b")
        self._seconds = seconds
        self._process = os.getpid()
        self._pairs: list[tuple[int, int]] = []

    @contextmanager
    def pass_through(self) -> Iterator[None]:
        """Raises TimeoutError where it is not our turn in time: a holder may be stopped."""
        pair = a, b = self._pair()
        deadline = time.monotonic() + self._seconds
        try:
            _lock(a, self._a, deadline)
            try:
                _lock(b, self._b, deadline)
            finally:
                fcntl.flock(a, fcntl.LOCK_UN)
            try:
                yield
            finally:
                fcntl.flock(b, fcntl.LOCK_UN)
        finally:
            self._pairs.append(pair)

    def close(self) -> None:
        while self._pairs:
            for descriptor in self._pairs.pop():
                os.close(descriptor)

    def _pair(self) -> tuple[int, int]:
        if self._process != os.getpid():
            self.close()
            self._process = os.getpid()
        try:
            return self._pairs.pop()
        except IndexError:
            return _open(self._a), _open(self._b)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _lock(descriptor: int, path: Path, deadline: float) -> None:
    """Asking again and again, since flock knows no time limit; the turnstile keeps that fair."""
    pause = _FIRST_PAUSE
    while not _try_lock(descriptor):
        if time.monotonic() > deadline:
            raise TimeoutError(path)
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Database:
    """One publication's database. Make it once per process."""

    def __init__(
        self, url: str, busy_seconds: float = BUSY_SECONDS, foreign_keys: bool = True
    ) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._turnstile: Turnstile | None = None
        arguments: dict[str, Any] = {}
        if self.is_sqlite:
            arguments = {"timeout": busy_seconds, "check_same_thread": False}
        self.engine = sa.create_engine(self.url, connect_args=arguments)
        self._writing = self.engine.execution_options(mailer_write=True)
        if self.is_sqlite:
            self._turnstile = Turnstile(self.path, busy_seconds)
            prepare = partial(_prepare_sqlite, foreign_keys=foreign_keys)
            sa.event.listen(self.engine, "connect", prepare)
            sa.event.listen(self.engine, "begin", _begin_sqlite)

    def make_private(self) -> None:
        """Make SQLite's file where there is none, for its owner alone: readers' addresses will be
        in it. SQLite gives the files beside it the same mode."""
        with suppress(OSError):  # whoever uses it is told what is wrong with it
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))

    @cached_property
    def where(self) -> str:
        """What a message names: SQLite's file, or the URL without its password."""
        return str(self.path) if self.is_sqlite else self.url.render_as_string()

    @cached_property
    def path(self) -> Path:
        """SQLite's file."""
        return Path(self.url.database or "")

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A read transaction; keep it short (an open reader lets SQLite's WAL grow)."""
        with _translated(self.where), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A write transaction: committed at the end of the block, rolled back on an error."""
        with self._turn_to_write(), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def _turn_to_write(self) -> Iterator[None]:
        with _translated(self.where):
            if self._turnstile is None:
                yield
            else:
                with self._turnstile.pass_through():
                    yield

    def pen(self) -> Pen:
        """For who writes many times a second."""
        return Pen(self)

    def close(self) -> None:
        self.engine.dispose()
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


def _prepare_sqlite(connection: Any, _record: Any, foreign_keys: bool) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"foreign_keys={int(foreign_keys)}"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: sa.Connection) -> None:
    """By the driver itself, since a busy sender begins hundreds a second: SQLAlchemy takes
    longer over such a statement than SQLite over the transaction."""
    begin = "BEGIN IMMEDIATE" if connection.get_execution_options().get("mailer_write") else "BEGIN"
    try:
        connection.connection.cursor().execute(begin).close()
    except sqlite3.Error as error:
        raise DBAPIError.instance(begin, None, error, sqlite3.Error) from error


@contextmanager
def _translated(where: str) -> Iterator[None]:
    """Turn a driver's error about the database as a whole into one line for the user."""
    try:
        yield
    except DBAPIError as error:
        raise _translate(error, where) from error
    except TimeoutError as error:
        raise DatabaseBusy(_BUSY.format(where)) from error
    except OSError as error:
        if str(error.filename).startswith(where):  # one of the turnstile's files beside it
            raise DatabaseReadOnly(f"{where}: cannot be written: {error.strerror}") from error
        raise


def _translate(error: DBAPIError, where: str) -> Exception:
    said = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
    lowered = said.lower()
    if "locked" in lowered or "busy" in lowered:
        return DatabaseBusy(_BUSY.format(where))
    if "readonly" in lowered or "read-only" in lowered:
        return DatabaseReadOnly(f"{where}: read-only: give yourself the right to write to it")
    if "unable to open" in lowered:
        return DatabaseError(
            f"{where}: cannot be opened: does its folder exist, may you write there?"
        )
    if "no such table" in lowered or "does not exist" in lowered:
        return DatabaseError(f"{where}: not set up yet: run `mailer db upgrade`")
    if isinstance(error, sa.exc.OperationalError) or type(error) is sa.exc.DatabaseError:
        return DatabaseError(f"{where}: {said}")
    return error
