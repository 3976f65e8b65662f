"""The tags in the editor's own HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

# Python's parser raises for some declarations, and decodes `&copy=1` in an address as no browser
# does (HTML standard §13.2.5.72).
_DECLARATION = re.compile(r"<(?=[!?])")
_LOOSE_AMPERSAND = re.compile(r"&(?!#|\w+;)")
_NAME = re.compile(r"</?(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?=[\t\n\f\r />])")
_BEGINNING = re.compile(r"</?[a-zA-Z]")


@dataclass(frozen=True, slots=True)
class Tag:
    """An opening tag; `line` is the line that it begins on, counted from 0."""

    name: str
    attributes: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class Tags:
    """The opening tags of a piece of HTML; `unclosed` is the line of a tag without its `>`."""

    opening: tuple[Tag, ...]
    unclosed: int | None


def read(html: str) -> Tags:
    """The tags of HTML without comments, however it is written. Never raises."""
    reader = _Reader()
    reader.feed(_LOOSE_AMPERSAND.sub("&amp;", _DECLARATION.sub("&lt;", html)))
    unclosed = reader.getpos()[0] - 1 if _BEGINNING.match(reader.rawdata) else None
    return Tags(tuple(reader.found), unclosed)


def attributes(html: str) -> Mapping[str, str]:
    """Those of a single opening tag."""
    return next((tag.attributes for tag in read(html).opening), {})


def name(html: str) -> str:
    """The name of the element whose opening or closing tag this is; empty where it is no tag."""
    match = _NAME.match(html)
    return match["name"].lower() if match else ""


def is_closing(html: str) -> bool:
    return html.startswith("</")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in reversed(attrs)}  # the first one counts
        self.found.append(Tag(tag, values, self.getpos()[0] - 1))
