"""What a driver says is wrong with the database as a whole, as one line for the user."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from mailer.errors import DatabaseBusy, DatabaseError, DatabaseReadOnly

_BUSY = "locked by another program for too long: try again when it is done"
_READ_ONLY = "read-only: give yourself the right to write to it"
_NOBODY = "nobody answers there: is PostgreSQL running?"
_WENT = "it went away: once it is back, the same command goes on"
_NO_SUCH = "no such user or database: make them with `createuser` and `createdb`"
_NOT_SET_UP = "not set up yet: run `mailer db upgrade`"

# By SQLSTATE (PostgreSQL, appendix A), its first characters.
_STATES: tuple[tuple[str, type[DatabaseError], str], ...] = (
    ("25006", DatabaseReadOnly, _READ_ONLY),
    ("25P03", DatabaseBusy, "it took the transaction from us, since we were stopped: try again"),
    ("40001", DatabaseBusy, _BUSY),
    ("40P01", DatabaseBusy, _BUSY),
    ("42501", DatabaseReadOnly, "no right to do that: give our user the rights to its tables"),
    ("42P01", DatabaseError, _NOT_SET_UP),
    ("53100", DatabaseError, "its disk is full: make room"),
    ("53300", DatabaseError, "it has no connection left: raise its max_connections"),
    ("55P03", DatabaseBusy, _BUSY),
    ("57P01", DatabaseError, _WENT),
    ("57P02", DatabaseError, _WENT),
    ("57P03", DatabaseError, "it is starting, or ending: try again in a moment"),
)
# By the words, in lower case; a connection that is refused has no SQLSTATE.
_WORDS: tuple[tuple[str, type[DatabaseError], str], ...] = (
    ("database is locked", DatabaseBusy, _BUSY),
    ("busy", DatabaseBusy, _BUSY),
    ("readonly", DatabaseReadOnly, _READ_ONLY),
    ("read-only", DatabaseReadOnly, _READ_ONLY),
    (
        "unable to open",
        DatabaseError,
        "cannot be opened: does its folder exist, may you write there?",
    ),
    ("disk is full", DatabaseError, "database or disk is full: make room"),
    ("disk i/o error", DatabaseError, "its disk cannot be read or written: is it full, or broken?"),
    ("no such table", DatabaseError, _NOT_SET_UP),
    ("invalid connection option", DatabaseError, "what stands behind its ? is none of libpq's"),
    ("authentication failed", DatabaseError, "it refuses our login: see user and password"),
    ("no password supplied", DatabaseError, "it wants a password: see docs/postgresql.md"),
    ("does not exist", DatabaseError, _NO_SUCH),
    ("server closed the connection", DatabaseError, _WENT),
    ("connection is lost", DatabaseError, _WENT),
    ("terminating connection", DatabaseError, _WENT),
    ("connection refused", DatabaseError, _NOBODY),
    ("no such file or directory", DatabaseError, _NOBODY),
)
_OF_WRITING = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC")


@contextmanager
def translated(where: str, written: str = "") -> Iterator[None]:
    """Raises DatabaseError for what is wrong with the database `where`; `written` is the file that
    is written to, where that is another."""
    try:
        yield
    except DBAPIError as error:
        raise _translate(error, where, written) from error
    except TimeoutError as error:
        raise DatabaseBusy(f"{where}: {_BUSY}") from error
    except OSError as error:
        if str(error.filename).startswith(where):  # one of the turnstile's files beside it
            raise DatabaseReadOnly(f"{where}: cannot be written: {error.strerror}") from error
        raise


def _translate(error: DBAPIError, where: str, written: str) -> Exception:
    if written and getattr(error.orig, "sqlite_errorname", "") in _OF_WRITING:
        where = written
    said = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
    state = getattr(error.orig, "sqlstate", None) or ""
    for code, kind, what in _STATES:
        if state == code:
            return kind(f"{where}: {what}")
    for words, kind, what in _WORDS if not state else ():
        if words in said.lower():
            return kind(f"{where}: {what}")
    if isinstance(error, sa.exc.OperationalError) or type(error) is sa.exc.DatabaseError:
        return DatabaseError(f"{where}: {said}")
    return error
