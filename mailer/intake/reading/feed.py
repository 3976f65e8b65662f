"""A feed (RSS, Atom) → its entries. feedparser reads what others call XML."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from mailer.errors import SourceError
from mailer.intake.feeds import parsed
from mailer.intake.reading.html import reader as html
from mailer.intake.reading.manuscript import Manuscript
from mailer.intake.reading.post import Post, Raw
from mailer.intake.reading.structure.opening import Known


def posts(raw: Raw) -> Sequence[Post]:
    """The newest first, as feeds are. Raises SourceError for a feed without an entry."""
    read = parsed(raw.content)
    if not read.entries:
        raise SourceError("is a feed without entries")
    return [_post(entry, read.feed.get("language", ""), raw.base) for entry in read.entries]


def _post(entry: Any, feed_lang: str, base: str) -> Post:
    title, day = " ".join(entry.get("title", "").split()), _day(entry)
    contents = entry.get("content") or [{"value": entry.get("summary", "")}]
    longest = max(contents, key=lambda content: len(content.get("value") or ""))
    value = longest.get("value") or ""
    declared = longest.get("language") or feed_lang or ""
    where = entry.get("link") or base

    def read(lang: str) -> Manuscript:
        if not value.strip():
            raise SourceError(f"has no text in its entry {title!r}: import its page")
        known = Known(title, day)
        return html.read(value, html.Setting(where, lang or declared, known, is_whole=True))

    return Post(title, day, read)


def _day(entry: Any) -> dt.date | None:
    when = entry.get("published_parsed") or entry.get("updated_parsed")
    return dt.date(when.tm_year, when.tm_mon, when.tm_mday) if when else None
