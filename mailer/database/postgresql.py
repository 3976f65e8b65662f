"""What a connection to PostgreSQL needs: a name, and an end to waiting where nobody answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
    made = engine(url, busy_seconds)
    _at_once(made, f"SET idle_in_transaction_session_timeout = {round(_FORSAKEN * 1000)}")
    return made


def engine(url: sa.URL, busy_seconds: float) -> sa.Engine:
    """Raises DatabaseError where its driver is not installed."""
    with its_packages(url.render_as_string()):
        made = sa.create_engine(url, connect_args=_ours(url), pool_pre_ping=True)
    _at_once(made, f"SET lock_timeout = {round(busy_seconds * 1000)}")
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
    """What its driver is given for each connection."""
    _, found = engine.dialect.create_connect_args(engine.url)
    return {**found, **_ours(engine.url)}


def _ours(url: sa.URL) -> dict[str, Any]:
    return {name: value for name, value in _ARGUMENTS.items() if name not in url.query}


def _at_once(engine: sa.Engine, setting: str) -> None:
    """Not among the arguments of a connection, which a pooler such as PgBouncer would refuse."""

    def prepare(connection: Any, _record: Any) -> None:
        connection.execute(setting).close()
        connection.commit()

    sa.event.listen(engine, "connect", prepare)
