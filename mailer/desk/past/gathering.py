"""Every issue of a publication, by its file or, where there is none, by the archive."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from mailer.composer.parsing import parse
from mailer.composer.past import Past, told_in
from mailer.desk.past import index
from mailer.desk.past.archived import EDITION, archived, source_of
from mailer.desk.past.index import Index, Source
from mailer.desk.past.memory import INDEX, past_in
from mailer.errors import DatabaseError
from mailer.model.issue import Issue
from mailer.records import Records

_READING = 1  # how issues are read: another number, and all are read anew

_Answer = TypeVar("_Answer")


def past_of(app: Records, issue: Issue) -> Past:
    """What the issues before this one had: all their headings, and what has its links."""
    names = {mention.name for told in told_in(issue) for mention in told.telling}
    return _asked(app, lambda found: past_in(found, issue.id, issue.date, names))


def all_of(app: Records) -> list[Source]:
    """The earliest first."""
    return _asked(app, lambda found: list(found.sources()))


def _asked(app: Records, ask: Callable[[Index], _Answer]) -> _Answer:
    """By an index that is up to date: one that proves spoilt is made anew, and beside one that
    another process holds for long, one is made for this time."""
    path: Path | None = app.folder / INDEX
    try:
        return _asked_in(app, path, ask)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            return _asked_in(app, None, ask)
    index.discard(app.folder / INDEX)
    return _asked_in(app, path, ask)


def _asked_in(app: Records, path: Path | None, ask: Callable[[Index], _Answer]) -> _Answer:
    with index.opened(path) as found:
        _refresh(app, found)
        return ask(found)


def _refresh(app: Records, found: Index) -> None:
    files, editions, known = _files(app), _editions(app), found.known()
    own = [_of_file(app, path, key) for key, path in files.items() if key not in known]
    shown = editions or {}
    other = [source_of(app, key, number) for key, number in shown.items() if key not in known]
    stale = known - files.keys() - shown.keys()
    if editions is None:
        stale = {key for key in stale if not key.startswith(EDITION)}
    if own or other or stale:
        found.take((*own, *other), stale)


def _files(app: Records) -> dict[str, Path]:
    """By a key of all that their reading hangs on."""
    publication = app.config.publication
    settings = f"{_READING} {publication.lang} {publication.lead_words}"
    found = {}
    for path in sorted(app.issues.glob("*.md")):
        with suppress(OSError):
            digest = hashlib.sha256(f"{settings} {path.name}\n".encode() + path.read_bytes())
            found[digest.hexdigest()] = path
    return found


def _of_file(app: Records, path: Path, key: str) -> Source:
    """One that cannot be read tells of nothing."""
    publication = app.config.publication
    text = path.read_bytes().decode("utf-8", errors="replace")
    defaults = parse.Defaults(publication.lang, publication.lead_words, path.stem)
    issue = parse.parse(text, str(path), defaults).issue
    file = str(path.relative_to(app.folder))
    if issue is None:
        return Source(key, path.stem, None, publication.lang, file, ())
    return Source(key, issue.id, issue.date, issue.lang, file, told_in(issue))


def _editions(app: Records) -> dict[str, int] | None:
    """None where the database cannot be asked: what is known of it stays."""
    try:
        return archived(app)
    except DatabaseError:
        return None


def without_twins(sources: Sequence[Source]) -> list[Source]:
    """Of an issue in a language the file, or else what its page showed last."""
    last = {(source.issue_id, source.lang): source for source in sources}
    filed = {(source.issue_id, source.lang): source for source in sources if source.file}
    return list((last | filed).values())
