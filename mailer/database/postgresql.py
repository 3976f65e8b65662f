"""What a connection to PostgreSQL needs: a name, and an end to waiting where nobody answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import sqlalchemy as sa

from mailer.errors import DatabaseError

# libpq's: seconds, but for the last, which is in milliseconds. A host that is gone, or cut off, is
# found out within half a minute.
_ARGUMENTS = {
    "application_name": "mailer",
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}


_FORSAKEN = 8.0  # seconds


def writing_engine(url: sa.URL, busy_seconds: float) -> sa.Engine:
    """Connections of their own for who writes: a program that is stopped, or cut off, in the middle
    of a transaction loses it, and frees what it had locked. Raises DatabaseError."""
    return _engine(url, lock_timeout=busy_seconds, idle_in_transaction_session_timeout=_FORSAKEN)


def engine(url: sa.URL, busy_seconds: float) -> sa.Engine:
    """Raises DatabaseError where its driver is not installed."""
    return _engine(url, lock_timeout=busy_seconds)


def _engine(url: sa.URL, **seconds: float) -> sa.Engine:
    with its_packages(url.render_as_string()):
        made = sa.create_engine(url, connect_args=_ours(url), pool_pre_ping=True)
    sa.event.listen(made, "connect", partial(_prepare, seconds))
    return made


@contextmanager
def its_packages(where: str) -> Iterator[None]:
    """Raises DatabaseError where one is imported that is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise DatabaseError(
            f"{where}: PostgreSQL needs the package {error.name}: "
            "install the mailer as `newsletter-mailer[postgres]`"
        ) from error


def arguments(engine: sa.Engine) -> dict[str, Any]:
    """What its driver is given for each connection; nothing is prepared, see `_prepare`."""
    _, found = engine.dialect.create_connect_args(engine.url)
    return {**found, **_ours(engine.url), "prepare_threshold": None}


def _ours(url: sa.URL) -> dict[str, Any]:
    return {name: value for name, value in _ARGUMENTS.items() if name not in url.query}


def _prepare(seconds: Mapping[str, float], connection: Any, _record: Any) -> None:
    """The settings are not among a connection's arguments, which a pooler such as PgBouncer would
    refuse. Behind one each transaction may have another server, which does not know statements that
    the driver prepared, and would keep the settings for somebody else."""
    (server,) = connection.execute("SELECT pg_backend_pid()").fetchone()
    if server != connection.info.backend_pid:
        connection.prepare_threshold = None
    else:
        for name, value in seconds.items():
            connection.execute(f"SET {name} = {round(value * 1000)}").close()
    connection.commit()
