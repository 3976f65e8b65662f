"""How many bytes of the message's HTML each section and item takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailer.composer.abridged import abridged
from mailer.composer.tree import blocks_in, inlines_in
from mailer.model.content import (
    Block,
    CodeBlock,
    Hyperlink,
    Paragraph,
    Picture,
    RawBlock,
    Table,
    Text,
)
from mailer.model.issue import Issue, Item, Section
from mailer.model.slot import UNSUBSCRIBE_URL, Slot, Slotted

# What a theme writes around things, in bytes, about.
_AROUND_BLOCK, _AROUND_LINK, _AROUND_PICTURE, _AROUND_OTHER = 25, 60, 280, 20
_AROUND_CELL, _AROUND_CODE = 70, 140
_NAMED_LINK = 70  # a link of a link line, whose accessible name names the item


@dataclass(frozen=True, slots=True)
class Share:
    """`start` is where its heading stands in the HTML, `size` how far it goes, both in bytes. A
    section's is its heading and lead-in; its items have their own."""

    headed: Section | Item
    start: int
    size: int


def shares(issue: Issue, html: Slotted) -> tuple[Share, ...]:
    """In reading order, by the anchors of the headings; slots count nothing, and no more does what
    stands on the issue's page alone."""
    issue = abridged(issue)
    document = "".join(part for part in html if isinstance(part, str)).encode()
    starts = list(_starts(issue, document))
    ends = [start for _, start in starts[1:]] + [_end(html)]
    found = [
        Share(headed, start, max(0, end - start))
        for (headed, start), end in zip(starts, ends, strict=False)
    ]
    if found and issue.sign_off:
        found[-1] = _without_sign_off(found[-1], issue)
    return tuple(found)


def weight(blocks: Iterable[Block]) -> int:
    """About how many bytes of HTML some blocks become."""
    total = 0
    for block in blocks_in(blocks):
        total += _AROUND_BLOCK
        if isinstance(block, CodeBlock):
            total += _AROUND_CODE + len(block.code.encode())
        elif isinstance(block, Table):
            total += _AROUND_CELL * len(block.header) * (1 + len(block.rows))
        elif isinstance(block, RawBlock):
            total += len(block.html.encode())
    return total + sum(map(_of_inline, inlines_in(blocks)))


def weight_of_lines(item: Item) -> int:
    """The same of its heading and link line."""
    lines = [item.heading, *(part.content for part in item.link_line)]
    paragraphs = [Paragraph(line, item.line) for line in lines]
    return weight(paragraphs) + _NAMED_LINK * len(item.links)


def _of_inline(inline: object) -> int:
    match inline:
        case Text(text):
            return len(text.encode())
        case Hyperlink(url):
            return _AROUND_LINK + len(url.text.encode())
        case Picture(source, alt):
            return _AROUND_PICTURE + len(source.encode()) + len(alt.encode())
    return _AROUND_OTHER


def _starts(issue: Issue, document: bytes) -> Iterator[tuple[Section | Item, int]]:
    after = 0
    for headed in issue.headed():
        place = document.find(f' id="{headed.anchor}"'.encode(), after)
        if place >= 0:
            yield headed, place
            after = place


def _end(html: Slotted) -> int:
    """Where the foot begins: at the last link to unsubscribe, else at the end of all."""
    feet = [
        i for i, part in enumerate(html) if isinstance(part, Slot) and part.name == UNSUBSCRIBE_URL
    ]
    before = html[: feet[-1]] if feet else html
    return sum(len(part.encode()) for part in before if isinstance(part, str))


def _without_sign_off(last: Share, issue: Issue) -> Share:
    """Nothing in the HTML ends the last item, so the sign-off takes its part by weight."""
    own = weight(last.headed.body if isinstance(last.headed, Item) else last.headed.lead_in)
    size = last.size * own // (own + weight(issue.sign_off) or 1)
    return Share(last.headed, last.start, size)
