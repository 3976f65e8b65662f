"""What a connection to PostgreSQL needs: a name, and an end to waiting where nobody answers."""

from __future__ import annotations

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


def engine(url: sa.URL, busy_seconds: float) -> sa.Engine:
    """Raises DatabaseError where its driver is not installed."""
    ours = {name: value for name, value in _ARGUMENTS.items() if name not in url.query}
    try:
        made = sa.create_engine(url, connect_args=ours, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise DatabaseError(
            f"{url.render_as_string()}: PostgreSQL needs the package {error.name}: "
            "install the mailer as `newsletter-mailer[postgres]`"
        ) from error
    sa.event.listen(made, "connect", partial(_prepare, busy_seconds=busy_seconds))
    return made


def _prepare(connection: Any, _record: Any, busy_seconds: float) -> None:
    """Not among the arguments of a connection, which a pooler such as PgBouncer would refuse."""
    connection.execute(f"SET lock_timeout = {round(busy_seconds * 1000)}").close()
    connection.commit()
