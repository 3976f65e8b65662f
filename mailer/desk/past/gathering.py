"""Every issue of a publication, by its file or, where there is none, by the archive."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from mailer.app import App
from mailer.composer.parsing import parse
from mailer.composer.past import Past, told_in
from mailer.desk.past import index
from mailer.desk.past.archived import archived_issues, told_on
from mailer.desk.past.index import Index, Source
from mailer.desk.past.memory import INDEX, past_in
from mailer.errors import DatabaseError
from mailer.ledger.archive import ArchivedIssue
from mailer.model.issue import Issue

_READING = 1  # how issues are read: another number, and all are read anew

_Answer = TypeVar("_Answer")


def past_of(app: App, issue: Issue) -> Past:
    """What the issues before this one had: all their headings, and what has its links."""
    names = {mention.name for told in told_in(issue) for mention in told.telling}
    return _asked(app, lambda found: past_in(found, issue.id, issue.date, names))


def all_of(app: App) -> list[Source]:
    """The earliest first."""
    return _asked(app, lambda found: list(found.sources()))


def _asked(app: App, ask: Callable[[Index], _Answer]) -> _Answer:
    """By an index that is up to date; one that proves spoilt is made anew."""
    path = app.folder / INDEX
    try:
        return _asked_in(app, path, ask)
    except sqlite3.DatabaseError:
        index.discard(path)
        return _asked_in(app, path, ask)


def _asked_in(app: App, path: Path, ask: Callable[[Index], _Answer]) -> _Answer:
    with index.opened(path) as found:
        _refresh(app, found)
        return ask(found)


def _refresh(app: App, found: Index) -> None:
    files = _files(app)
    known = found.known()
    own = [_of_file(app, path, key) for key, path in files.items() if key not in known]
    archived = _archived(app)
    other = [_of_archive(app, issue, key) for key, issue in archived.items() if key not in known]
    current = files.keys() | archived.keys()
    if own or other or known - current:
        found.take((*own, *other), known - current)


def _files(app: App) -> dict[str, Path]:
    """By a key of all that their reading hangs on."""
    publication = app.config.publication
    settings = f"{_READING} {publication.lang} {publication.lead_words}"
    found = {}
    for path in sorted(app.issues.glob("*.md")):
        with suppress(OSError):
            digest = hashlib.sha256(f"{settings} {path.name}\n".encode() + path.read_bytes())
            found[digest.hexdigest()] = path
    return found


def _of_file(app: App, path: Path, key: str) -> Source:
    """One that cannot be read tells of nothing."""
    publication = app.config.publication
    text = path.read_bytes().decode("utf-8", errors="replace")
    defaults = parse.Defaults(publication.lang, publication.lead_words, path.stem)
    issue = parse.parse(text, str(path), defaults).issue
    file = str(path.relative_to(app.folder))
    if issue is None:
        return Source(key, path.stem, None, publication.lang, file, ())
    return Source(key, issue.id, issue.date, issue.lang, file, told_in(issue))


def _archived(app: App) -> dict[str, ArchivedIssue]:
    """None where there is no database."""
    try:
        return {_key(issue): issue for issue in archived_issues(app)}
    except DatabaseError:
        return {}


def _key(issue: ArchivedIssue) -> str:
    """An edition is never written again."""
    return f"{_READING} {issue.edition_id} {issue.issue_id} {issue.lang} {issue.since}"


def _of_archive(app: App, issue: ArchivedIssue, key: str) -> Source:
    told = told_on(app, issue)
    return Source(key, issue.issue_id, issue.date or issue.since.date(), issue.lang, "", told)


def without_twins(sources: Iterable[Source]) -> Iterator[Source]:
    """Of an issue that both a file and the archive have, the file."""
    found = list(sources)
    filed = {(source.issue_id, source.lang) for source in found if source.file}
    return (each for each in found if each.file or (each.issue_id, each.lang) not in filed)
