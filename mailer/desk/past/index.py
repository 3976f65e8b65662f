"""An index of what issues told of, in a file that may be deleted: then it is made anew.

It is SQLite's, since a check asks for the few links of one issue among those of all others.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from mailer.composer.past import Mention, Past, Ran, Told
from mailer.model.issue import Role

_VERSION = 1  # of what is kept: another one is made anew
_SCHEMA = f"""
CREATE TABLE issues (key TEXT PRIMARY KEY, issue_id TEXT, date TEXT, lang TEXT, file TEXT)
    WITHOUT ROWID;
CREATE TABLE items (key TEXT, number INTEGER, title TEXT, line INTEGER,
    PRIMARY KEY (key, number)) WITHOUT ROWID;
CREATE TABLE links (key TEXT, number INTEGER, name TEXT, url TEXT, role TEXT, line INTEGER,
    listed INTEGER);
CREATE INDEX links_by_name ON links (name);
CREATE INDEX links_by_item ON links (key, number);
CREATE TABLE moves (name TEXT PRIMARY KEY, target TEXT) WITHOUT ROWID;
PRAGMA user_version = {_VERSION};
"""
_ASKED_AT_ONCE = 500  # values of one statement
_NOWHERE = ":memory:"
_PATIENCE = 1.0  # seconds to wait for another process


@dataclass(frozen=True, slots=True)
class Source:
    """An issue as its file, or the archive, has it. `key` changes with its content."""

    key: str
    issue_id: str
    date: dt.date | None
    lang: str
    file: str  # empty where only the archive has it
    told: tuple[Told, ...]


class Index:
    """Open for as long as its `with` block runs."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def known(self) -> set[str]:
        """The keys of all that it has."""
        return {key for (key,) in self._c.execute("SELECT key FROM issues")}

    def take(self, sources: Iterable[Source], stale: Collection[str]) -> None:
        """Add what is new, and forget what is not so any longer."""
        with self._c:
            for key in stale:
                self._forget(key)
            for source in sources:
                self._forget(source.key)  # where another process was quicker
                self._add(source)

    def _forget(self, key: str) -> None:
        for table in ("issues", "items", "links"):
            self._c.execute(f"DELETE FROM {table} WHERE key = ?", (key,))  # noqa: S608 - ours

    def _add(self, source: Source) -> None:
        date = source.date.isoformat() if source.date else None
        row = (source.key, source.issue_id, date, source.lang, source.file)
        self._c.execute("INSERT INTO issues VALUES (?, ?, ?, ?, ?)", row)
        for number, told in enumerate(source.told):
            item = (source.key, number, told.title, told.line)
            self._c.execute("INSERT INTO items VALUES (?, ?, ?, ?)", item)
            self._c.executemany(
                "INSERT INTO links VALUES (?, ?, ?, ?, ?, ?, ?)",
                ((source.key, number, *_row(mention)) for mention in told.mentions),
            )

    def remember(self, name: str, target: str) -> None:
        """That one canonical form leads to another, for good."""
        with self._c:
            self._c.execute("INSERT OR REPLACE INTO moves VALUES (?, ?)", (name, target))

    def moved(self) -> dict[str, str]:
        return dict(self._c.execute("SELECT name, target FROM moves"))

    def before(self, issue_id: str, date: dt.date | None, names: Collection[str]) -> Past:
        """What other issues had until a day: all their items, and those with one of the links, by
        the names that are asked for."""
        until = date.isoformat() if date else "9999"
        links: dict[str, list[Ran]] = {}
        for asked in _slices(sorted(names)):
            for name, *ran in self._c.execute(_linked(len(asked)), (issue_id, until, *asked)):
                links.setdefault(name, []).append(_ran(*ran))
        items = tuple(_ran(*row) for row in self._c.execute(_ITEMS, (issue_id, until)))
        return Past({name: tuple(dict.fromkeys(ran)) for name, ran in links.items()}, items)

    def sources(self) -> Iterator[Source]:
        """Everything, the earliest first; of one issue, what the archive had in its order."""
        rows = self._c.execute("SELECT * FROM issues ORDER BY date, issue_id, key").fetchall()
        for key, issue_id, date, lang, file in rows:
            items = self._c.execute(
                "SELECT number, title, line FROM items WHERE key = ? ORDER BY number", (key,)
            )
            told = tuple(
                Told(title, line, self._mentions(key, number))
                for number, title, line in items.fetchall()
            )
            yield Source(key, issue_id, _date(date), lang, file, told)

    def _mentions(self, key: str, number: int) -> tuple[Mention, ...]:
        found = self._c.execute(
            "SELECT name, url, role, line, listed FROM links WHERE key = ? AND number = ? "
            "ORDER BY rowid",
            (key, number),
        )
        return tuple(
            Mention(name, url, Role(role) if role else None, line, bool(listed))
            for name, url, role, line, listed in found
        )


_EARLIER = (
    "FROM items JOIN issues USING (key) {} WHERE issue_id <> ? AND coalesce(date, '') <= ? {} "
    "ORDER BY coalesce(date, ''), issue_id, items.number"
)
_ITEMS = f"SELECT issue_id, date, title {_EARLIER.format('', '')}"


def _linked(count: int) -> str:
    chosen = f"AND name IN ({', '.join('?' * count)})"
    links = "JOIN links ON links.key = items.key AND links.number = items.number"
    return f"SELECT name, issue_id, date, title {_EARLIER.format(links, chosen)}"


def _row(mention: Mention) -> tuple[str, str, str | None, int, bool]:
    return (
        mention.name,
        mention.url,
        mention.role and mention.role.value,
        mention.line,
        mention.listed,
    )


def _ran(issue_id: str, date: str | None, title: str) -> Ran:
    return Ran(issue_id, _date(date), title)


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _slices(names: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), _ASKED_AT_ONCE):
        yield names[start : start + _ASKED_AT_ONCE]


@contextmanager
def opened(path: Path | None) -> Iterator[Index]:
    """The index in a file; where that is spoilt or of another program, a fresh one. Without a
    file, or where nothing can be written there, one that is forgotten at the end."""
    with closing(_usable(path)) as connection:
        yield Index(connection)


def _usable(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        with suppress(OSError, sqlite3.OperationalError):  # not to be written, or locked for long
            path.parent.mkdir(parents=True, exist_ok=True)
            return _in_file(path)
    return _prepared(sqlite3.connect(_NOWHERE))


def _in_file(path: Path) -> sqlite3.Connection:
    try:
        return _prepared(sqlite3.connect(path, timeout=_PATIENCE))
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        discard(path)
        return _prepared(sqlite3.connect(path, timeout=_PATIENCE))


def discard(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    """With its tables, and without waiting for a disk: what is lost is made anew."""
    try:
        connection.executescript("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            connection.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
        elif version != _VERSION:
            raise sqlite3.DatabaseError("of another version")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
