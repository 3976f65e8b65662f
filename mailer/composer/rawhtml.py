"""What the editor's own HTML says, as inlines: its text and its links.

Read from what the sanitiser lets through, so that no edition and no check knows of a link that
the HTML does not show, or misses one that it does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from markupsafe import Markup

from mailer.composer import sanitiser
from mailer.model.content import (
    Hyperlink,
    Inline,
    Inlines,
    LineBreak,
    RawBlock,
    RawInline,
    Text,
    Url,
)


def of_block(block: RawBlock) -> Inlines:
    """The running text of a block; the lines of its links are exact but for tags and
    comments that go over lines."""
    return _read(sanitiser.block(block.html), block.line)


def of_inline(inline: RawInline) -> Inlines:
    return _read(sanitiser.joined([inline.html]), 0)


def address(href: str) -> str:
    """An address without the white space that no browser reads (WHATWG URL §4.4)."""
    return href.strip().replace("\t", "").replace("\n", "").replace("\r", "")


def _read(html: Markup, line: int) -> Inlines:
    reader = _Reader(line)
    reader.feed(html)
    reader.close()
    return tuple(reader.stack[0].children)


@dataclass(slots=True)
class _Open:
    """An `<a>` that is still open, or the whole; one without an address leaves no trace."""

    href: str = ""
    title: str = ""
    line: int = 0
    children: list[Inline] = field(default_factory=list)


class _Reader(HTMLParser):
    """Reads well-formed HTML that begins on `line`."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.stack = [_Open()]
        self._line = line

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            values = {name: value or "" for name, value in attrs}
            line = self._line + self.getpos()[0] - 1
            href = address(values.get("href", ""))
            self.stack.append(_Open(href, values.get("title", ""), line))
        elif tag == "br":
            self._add(LineBreak(hard=True))
        else:
            self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "a":
            self._part(tag)
            return
        link = self.stack.pop()
        children = tuple(link.children)
        if link.href:
            children = (Hyperlink(Url((link.href,)), children, link.title, link.line),)
        self.stack[-1].children += children

    def handle_data(self, data: str) -> None:
        self._add(Text(data))

    def _part(self, tag: str) -> None:
        """A space where a block begins or ends, so that the words of two stay two."""
        if tag not in sanitiser.INLINE:
            self._add(Text(" "))

    def _add(self, inline: Inline) -> None:
        self.stack[-1].children.append(inline)
