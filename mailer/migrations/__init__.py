"""The database's shape, step by step. Which one a database has is seen without Alembic, which only
`upgrading` needs: to load it takes a tenth of the memory and of the start of a send.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from mailer.database import Database
from mailer.errors import DatabaseError

FOLDER = Path(__file__).resolve().parent


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


def require_current(database: Database) -> None:
    """Raises DatabaseError where the database and this program do not fit."""
    found = current(database)
    if found is None:
        raise DatabaseError(f"{database.where}: not set up yet: run `mailer db upgrade`")
    if found != head():
        raise DatabaseError(
            f"{database.where}: has revision {found}, this program needs {head()}: "
            "run `mailer db upgrade`, or a newer mailer if it knows no such revision"
        )
