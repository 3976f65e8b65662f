"""Fresh databases for tests: files of SQLite, or from a PostgreSQL of the tests' own."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Protocol

from mailer import migrations


class Databases(Protocol):
    """Both give the URL of a database that nobody else has."""

    def empty(self) -> str:
        """Without tables."""
        ...

    def migrated(self) -> str:
        """In this program's shape."""
        ...


@dataclass
class Files:
    """SQLite's, in a folder."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def empty(self) -> str:
        return sqlite_url(self.folder / f"store-{next(self._numbers)}.db")

    def migrated(self) -> str:
        return migrated_file(self.folder / f"store-{next(self._numbers)}.db")


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


def migrated_file(path: Path) -> str:
    """The URL of a new file in this program's shape, copied rather than migrated each time."""
    path.write_bytes(_migrated())
    path.chmod(0o600)
    return sqlite_url(path)


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mailer.db"
        migrations.upgrade(sqlite_url(path))
        return path.read_bytes()
