"""What a connection to PostgreSQL needs: a name, and an end to waiting where nobody answers."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import unquote_plus

import sqlalchemy as sa

from mailer.errors import DatabaseError

logging.getLogger("psycopg").disabled = True  # it logs what it then raises

# A host that is gone, or cut off with nothing closed, is found out within ten seconds: by us, and
# by the server, which else waits for hours for a client that vanished, and with it whoever needs
# what that one had locked. In seconds, but for the last, which is in milliseconds.
_KEEPALIVES = {"keepalives_idle": 4, "keepalives_interval": 2, "keepalives_count": 3}
_SILENCE = {"tcp_user_timeout": 10_000}
_ARGUMENTS = {"application_name": "mailer", "connect_timeout": 10, **_KEEPALIVES, **_SILENCE}
_SESSION = {**{f"tcp_{name}": value for name, value in _KEEPALIVES.items()}, **_SILENCE}
# Whether a client is still there while its statement runs, every two seconds: not every server's
# system can tell.
_LOOK = (
    "DO $$ BEGIN SET client_connection_check_interval = 2000; "
    "EXCEPTION WHEN OTHERS THEN NULL; END $$"
)
# Who is stopped, or cut off, in the middle of a transaction that writes loses it. Milliseconds.
FORSAKEN = "idle_in_transaction_session_timeout"
_WRITING = {**_SESSION, FORSAKEN: 8_000}
_SECRET = ("password", "sslpassword")  # of what libpq takes behind the ?
WHO = "SELECT pg_backend_pid()"


def writing_engine(url: sa.URL, busy_seconds: float) -> sa.Engine:
    """Connections of their own for who writes. Raises DatabaseError."""
    return _engine(url, busy_seconds, _WRITING)


def engine(url: sa.URL, busy_seconds: float) -> sa.Engine:
    """Raises DatabaseError where its driver is not installed."""
    return _engine(url, busy_seconds, _SESSION)


def shown(url: sa.URL) -> str:
    """For a message: without passwords, and what stands behind the ? as people read it, with / for
    %2F."""
    address, mark, options = url.difference_update_query(_SECRET).render_as_string().partition("?")
    return address + mark + unquote_plus(options)


def _engine(url: sa.URL, busy_seconds: float, settings: Mapping[str, int]) -> sa.Engine:
    with its_packages(shown(url)):
        made = sa.create_engine(url, connect_args=_ours(url), pool_pre_ping=True)
    words = _words({**settings, "lock_timeout": round(busy_seconds * 1000)})
    sa.event.listen(made, "connect", partial(_prepare, words))
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


def _words(settings: Mapping[str, int]) -> str:
    return "; ".join((*(f"SET {name} = {value}" for name, value in settings.items()), _LOOK))


def _prepare(words: str, connection: Any, _record: Any) -> None:
    """The settings are not among a connection's arguments, which a pooler such as PgBouncer would
    refuse. Behind one each transaction may have another server, which does not know statements that
    the driver prepared, and would keep the settings for somebody else."""
    if connection.execute(WHO).fetchone() == (connection.info.backend_pid,):
        connection.execute(words).close()
    else:
        connection.prepare_threshold = None
    connection.commit()


FIRST_WORDS = _words(_WRITING)  # of who has connections of its own, and no pooler before them
