"""The database's shape, step by step. Which one a database has is seen without Alembic, which only
`upgrading` needs: to load it takes a tenth of the memory and of the start of a send.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from mailer.database import Database
from mailer.errors import DatabaseError

FOLDER = Path(__file__).resolve().parent
OLDEST = "oldest"  # a column beside Alembic's own


def upgrade(url: str) -> tuple[str | None, str]:
    """Bring the database to this program's shape, all or nothing; (revision before, after)."""
    from mailer.migrations import upgrading

    return upgrading.upgrade(url)


def head() -> str:
    """The revision that this program was written for: files are numbered in their order."""
    return max(path.name for path in (FOLDER / "versions").glob("[0-9]*.py")).partition("_")[0]


def require_known(revision: str) -> None:
    """Raises DatabaseError for a revision that only a newer program has."""
    if not any((FOLDER / "versions").glob(f"{revision}_*.py")):
        raise DatabaseError(f"revision {revision} of its database is unknown: use a newer mailer")


def current(database: Database) -> str | None:
    """The database's revision; None where nothing was set up yet."""
    with database.read() as c:
        return revision(c)


def revision(c: sa.Connection) -> str | None:
    """As Alembic has written it down."""
    if not sa.inspect(c).has_table("alembic_version"):
        return None
    found: str | None = c.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found


def require_fit(database: Database) -> None:
    """Raises DatabaseError where this program cannot work with the database. One that a newer
    release has only expanded fits: so two releases can share it for a while."""
    with database.read() as c:
        if revision(c) is not None and is_expanded(c):
            return
    require_current(database)


def require_current(database: Database) -> None:
    """Raises DatabaseError unless the database has the very shape that this program knows: whoever
    copies all rows must know all tables and columns."""
    found = current(database)
    if found is None:
        raise DatabaseError(f"{database.where}: not set up yet: run `mailer db upgrade`")
    if found != head():
        raise other_shape(database, found)


def is_expanded(c: sa.Connection) -> bool:
    """Whether a newer release has added to the shape that this program needs, and taken nothing
    from it: it wrote down the oldest revision whose program can still work with it."""
    columns = {column["name"] for column in sa.inspect(c).get_columns("alembic_version")}
    if OLDEST not in columns:
        return False
    found, oldest = c.execute(sa.text(f"SELECT version_num, {OLDEST} FROM alembic_version")).one()  # noqa: S608 - a constant
    return oldest is not None and oldest <= head() < found


def other_shape(database: Database, found: str) -> DatabaseError:
    """What there is to say of a database that this program cannot work with."""
    mend = "a newer mailer" if found > head() else "`mailer db upgrade`"
    return DatabaseError(
        f"{database.where}: has revision {found}, this program needs {head()}: run {mend}"
    )
