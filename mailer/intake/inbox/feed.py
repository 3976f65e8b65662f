"""A feed → what it links to. Octets in, values out; feedparser knows the dialects."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from lxml import etree, html  # type: ignore[import-untyped]  # it ships no types

from mailer.composer.canonical import canonical
from mailer.intake.feeds import parsed
from mailer.intake.inbox.page import DESCRIPTION, TITLE, clean
from mailer.model.characters import FORBIDDEN


@dataclass(frozen=True, slots=True)
class Entry:
    """`at` is when it was published, or changed last, where the feed says so."""

    url: str
    title: str
    summary: str
    at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Feed:
    """`entries` are in the feed's order, most often the latest first."""

    title: str
    entries: tuple[Entry, ...]


def read(content: bytes, url: str) -> Feed | None:
    """A feed of RSS or Atom at `url`, broken XML included; None for what is none."""
    found = parsed(content)
    if not found.get("version"):
        return None
    title = _plain(found.feed.get("title", ""), TITLE)
    return Feed(title, tuple(_entries(found.entries, url)))


def _entries(entries: list[Mapping[str, Any]], base: str) -> Iterator[Entry]:
    for entry in entries:
        try:
            url = urljoin(base, entry.get("link", "").strip())
        except ValueError:  # `https://[`
            continue
        title = _plain(entry.get("title", ""), TITLE)
        if entry.get("link") and canonical(url) and title:
            summary = _plain(entry.get("summary", ""), DESCRIPTION)
            yield Entry(url, title, summary, _moment(entry))


def _moment(entry: Mapping[str, Any]) -> dt.datetime | None:
    """feedparser has changed it to UTC."""
    found = (entry[name] for name in ("published_parsed", "updated_parsed") if name in entry)
    parsed = next(filter(None, found), None)
    try:
        return dt.datetime.fromtimestamp(calendar.timegm(parsed), dt.UTC) if parsed else None
    except (ValueError, OverflowError):
        return None


def _plain(markup: str, most: int) -> str:
    """The text of what may be HTML."""
    text = FORBIDDEN.sub(" ", markup)
    if "<" in text or "&" in text:
        try:
            text = html.fromstring(f"<div>{text}</div>").text_content()
        except (etree.ParserError, etree.XMLSyntaxError):
            text = ""
    return clean(text, most)
