"""What other services give away when one leaves: Mailchimp, Substack, Ghost, Buttondown."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from mailer.errors import SourceError
from mailer.intake.reading import markdown
from mailer.intake.reading.archive import Archive
from mailer.intake.reading.charset import decoded
from mailer.intake.reading.dates import day_in
from mailer.intake.reading.html import reader as html
from mailer.intake.reading.manuscript import Manuscript
from mailer.intake.reading.post import Post, Raw
from mailer.intake.reading.structure.opening import Known

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg")
_SUBSTACK_TABLE = "posts.csv"


def from_archive(raw: Raw) -> Sequence[Post]:
    """Substack's has a table of posts, Ghost's a JSON file, Buttondown's Markdown, Mailchimp's
    HTML. Raises SourceError."""
    archive = Archive.of(raw.content)
    tables = [n for n in archive.names(".csv") if PurePosixPath(n).name == _SUBSTACK_TABLE]
    found = [
        *(post for table in tables for post in _substack(archive, table)),
        *(p for n in archive.names(".json") for p in _ghost(_loaded(archive.read(n)), raw.base)),
        *(_buttondown(archive, name) for name in archive.names(".md", ".markdown")),
    ]
    found = found or [_mailchimp(archive, name) for name in archive.names(".html", ".htm")]
    if not found:
        raise SourceError("holds no post: neither HTML nor Markdown, posts.csv or a JSON of Ghost")
    return found


def from_json(raw: Raw) -> Sequence[Post]:
    """Raises SourceError for what is no export of Ghost or Buttondown."""
    found = list(_ghost(_loaded(raw.content), raw.base))
    if not found:
        raise SourceError(
            "is JSON without posts: an export of Ghost has them below db, data, posts"
        )
    return found


def _loaded(content: bytes) -> Any:
    try:
        return json.loads(decoded(content))
    except (ValueError, RecursionError) as error:
        raise SourceError(f"is broken JSON: {error}") from error


def _substack(archive: Archive, table: str) -> Iterator[Post]:
    folder = PurePosixPath(table).parent / "posts"
    names = set(archive.names(".html"))
    for row in csv.DictReader(io.StringIO(decoded(archive.read(table)), newline="")):
        name = str(folder / f"{row.get('post_id') or ''}.html")
        if name in names:
            known = Known(row.get("title") or "", day_in((row.get("post_date") or "")[:10]))
            yield _reading(archive, name, known)


def _mailchimp(archive: Archive, name: str) -> Post:
    return _reading(archive, name, Known())


def _reading(archive: Archive, name: str, known: Known) -> Post:
    parts = _parts(archive, name)

    def read(lang: str) -> Manuscript:
        text = decoded(archive.read(name))
        return html.read(text, html.Setting("", lang, known, is_whole=True))

    return Post(known.title or PurePosixPath(name).stem, known.date, read, parts)


def _buttondown(archive: Archive, name: str) -> Post:
    post = markdown.post(decoded(archive.read(name)), PurePosixPath(name).stem)
    return Post(post.title, post.date, post.read, _parts(archive, name))


def _ghost(document: Any, base: str) -> Iterator[Post]:
    """Ghost keeps posts below `db`, Buttondown's API gives a list of mails with Markdown bodies."""
    for post in _records(document):
        title = str(post.get("title") or post.get("subject") or "")
        when = str(post.get("published_at") or post.get("publish_date") or "")
        known = Known(title, day_in(when[:10]))
        body = post.get("html") or post.get("body") or post.get("plaintext")
        if isinstance(body, str) and body.strip() and title:
            yield _of_record(body, known, is_html=bool(post.get("html")), base=base)


def _of_record(body: str, known: Known, is_html: bool, base: str) -> Post:
    written = markdown.post(body, known.title, base)

    def read(lang: str) -> Manuscript:
        if is_html:
            return html.read(body, html.Setting(base, lang, known, is_whole=True))
        return written.read(lang)

    return Post(known.title, known.date, read)


def _records(document: Any) -> Iterator[Mapping[str, Any]]:
    databases = document.get("db", []) if isinstance(document, dict) else []
    tables = [db.get("data", {}) for db in databases if isinstance(db, dict)]
    lists = [table.get("posts", []) for table in tables if isinstance(table, dict)]
    if isinstance(document, dict):
        lists += [document.get("results", []), document.get("posts", [])]
    lists += [document] if isinstance(document, list) else []
    for records in lists:
        if isinstance(records, list):
            yield from (record for record in records if isinstance(record, dict))


def _parts(archive: Archive, name: str) -> Mapping[str, bytes]:
    return _Parts(archive, PurePosixPath(name).parent)


class _Parts(Mapping[str, bytes]):
    """The pictures of an archive, unpacked when they are asked for; named as beside a file."""

    def __init__(self, archive: Archive, folder: PurePosixPath) -> None:
        self._archive, self._folder = archive, folder
        self._names = set(archive.names(*_PICTURES))

    def __getitem__(self, source: str) -> bytes:
        for name in (str(self._folder / source), source):
            if name in self._names:
                return self._archive.read(name)
        raise KeyError(source)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._names))

    def __len__(self) -> int:
        return len(self._names)
