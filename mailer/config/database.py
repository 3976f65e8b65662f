"""Where the database is: `[database]`."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from mailer.config.values import Table

_SQLITE, _POSTGRESQL = "sqlite:///", "postgresql+psycopg://"
_PASSWORD = re.compile(r"://[^/@]*:[^/@]+@")


def holds_password(url: object) -> bool:
    return isinstance(url, str) and _PASSWORD.search(url) is not None


def checked(url: str) -> str:
    """Raises ValueError, which does not repeat what may hold a password."""
    if not url.startswith((_SQLITE, _POSTGRESQL)):
        raise ValueError(f"is not {_SQLITE}… or {_POSTGRESQL}…")
    if not url.startswith(_SQLITE):
        _require_readable(url)
    return url


def _require_readable(url: str) -> None:
    """By SQLAlchemy, which takes longer to load than whoever needs no database should wait."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    with suppress(ArgumentError, ValueError):
        if "@" not in (make_url(url).database or ""):  # else that of a password, behind its /
            return
    raise ValueError(
        f"is not like {_POSTGRESQL}user@host:5432/name; in a password, write %40 for @, "
        "%3A for : and %2F for /"
    )


def is_sqlite(url: str) -> bool:
    return url.startswith(_SQLITE)


def within(folder: Path, url: str) -> str:
    """The URL with SQLite's path made absolute: relative to the publication's folder."""
    if not is_sqlite(url):
        return url
    return _SQLITE + str(folder / url.removeprefix(_SQLITE))


class Database(Table):
    url: Annotated[str, AfterValidator(checked)] = f"{_SQLITE}mailer.db"
