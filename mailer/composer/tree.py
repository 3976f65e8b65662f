"""Walking the tree of an issue: its plain text, and everything in it in reading order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailer.composer import rawhtml
from mailer.model.content import (
    Audience,
    Block,
    Blocks,
    BulletList,
    Callout,
    CodeSpan,
    Figure,
    Footnote,
    Formula,
    Hyperlink,
    Inline,
    Inlines,
    LineBreak,
    More,
    NumberedList,
    Paragraph,
    Picture,
    Quote,
    RawBlock,
    Styled,
    Subheading,
    Table,
    Text,
    Url,
    Video,
)
from mailer.model.issue import Issue, Item, Section
from mailer.model.slot import Slot


def plain(inlines: Inlines) -> str:
    """The text of some inlines on one line; a slot counts as its default."""
    return " ".join("".join(_texts(inlines)).split())


def _texts(inlines: Inlines) -> Iterator[str]:
    for inline in inlines:
        match inline:
            case Text(text) | CodeSpan(text):
                yield text
            case Formula():
                yield inline.text
            case LineBreak():
                yield " "
            case Styled(_, children) | Hyperlink(_, children):
                yield from _texts(children)
            case Picture(_, alt):
                yield alt
            case Slot(_, default):
                yield default or ""
            case _:
                pass  # a mark of a footnote and raw HTML are no text


def trimmed(inlines: Inlines) -> Inlines:
    """Without white space and line breaks at both ends."""
    return _without_end(_without_start(inlines))


def _without_start(inlines: Inlines) -> Inlines:
    while inlines:
        first = inlines[0]
        if isinstance(first, Text) and (text := first.text.lstrip()):
            return (Text(text), *inlines[1:])
        if not isinstance(first, Text | LineBreak):
            return inlines
        inlines = inlines[1:]
    return inlines


def _without_end(inlines: Inlines) -> Inlines:
    while inlines:
        last = inlines[-1]
        if isinstance(last, Text) and (text := last.text.rstrip()):
            return (*inlines[:-1], Text(text))
        if not isinstance(last, Text | LineBreak):
            return inlines
        inlines = inlines[:-1]
    return inlines


def paragraph(children: Inlines, line: int) -> Paragraph | Figure | None:
    """The block that some trimmed inlines make: a figure where they are nothing but pictures."""
    if not children:
        return None
    pictures = _pictures(children)
    return Figure(pictures, line) if pictures else Paragraph(children, line)


def _pictures(children: Inlines) -> tuple[tuple[Picture, Url | None], ...]:
    found: list[tuple[Picture, Url | None]] = []
    for inline in children:
        match inline:
            case Picture():
                found.append((inline, None))
            case Hyperlink(url, (Picture() as picture,)):
                found.append((picture, url))
            case LineBreak():
                pass
            case Text(text) if not text.strip():
                pass
            case _:
                return ()
    return tuple(found)


def inlines_of(issue: Issue) -> Iterator[Inline]:
    """Every inline of the issue in reading order, those inside others after them."""
    yield from inlines_in(issue.intro)
    for entry in issue.entries:
        yield from _of_section(entry) if isinstance(entry, Section) else _of_item(entry)
    yield from inlines_in(issue.sign_off)
    yield from _of_footnotes(issue.footnotes)


def blocks_in(blocks: Iterable[Block], but: tuple[type[Block], ...] = ()) -> Iterator[Block]:
    """Every block in reading order, those inside others after them; neither blocks of the kinds in
    `but` nor what is inside them."""
    for block in blocks:
        if not isinstance(block, but):
            yield block
            for inner in _blocks_in(block):
                yield from blocks_in(inner, but)


def margins(issue: Issue) -> Iterator[Blocks]:
    """The blocks that stand in no other, in reading order, footnotes apart."""
    yield issue.intro
    for entry in issue.headed():
        yield entry.lead_in if isinstance(entry, Section) else entry.body
    yield issue.sign_off


def _of_section(section: Section) -> Iterator[Inline]:
    yield from _deep(section.heading)
    yield from inlines_in(section.lead_in)
    yield from _of_footnotes(section.footnotes)
    for item in section.items:
        yield from _of_item(item)


def _of_item(item: Item) -> Iterator[Inline]:
    yield from _deep(item.heading)
    for part in item.link_line:
        yield from _deep(part.content)
    yield from inlines_in(item.body)
    yield from _of_footnotes(item.footnotes)


def _of_footnotes(footnotes: Iterable[Footnote]) -> Iterator[Inline]:
    for footnote in footnotes:
        yield from inlines_in(footnote.children)


def inlines_in(blocks: Iterable[Block]) -> Iterator[Inline]:
    """Every inline of some blocks in reading order, those inside others after them."""
    for block in blocks:
        for inlines in runs_in(block):
            yield from _deep(inlines)
        for inner in _blocks_in(block):
            yield from inlines_in(inner)


def runs_in(block: Block) -> Iterator[Inlines]:
    """The runs of inlines of a block itself, not those of blocks inside it."""
    match block:
        case Paragraph(children) | Subheading(children) | Callout(title=children):
            yield children
        case Figure(pictures, line):
            for picture, url in pictures:
                yield (Hyperlink(url, (picture,), "", line) if url else picture,)
        case Video(url, title, still, line):
            yield (Hyperlink(url, title, "", line), *((still,) if still else ()))
        case Table(header, rows):
            yield from (*header, *(cell for row in rows for cell in row))
        case RawBlock():
            yield rawhtml.of_block(block)
        case _:
            pass  # code and a divider hold none


def _blocks_in(block: Block) -> Iterator[Blocks]:
    match block:
        case BulletList(items) | NumberedList(items):
            yield from items
        case Quote(children) | Callout(children=children) | More(children=children):
            yield children
        case Audience(_, children):
            yield children
        case _:
            pass


def _deep(inlines: Inlines) -> Iterator[Inline]:
    for inline in inlines:
        yield inline
        if isinstance(inline, Styled | Hyperlink):
            yield from _deep(inline.children)
