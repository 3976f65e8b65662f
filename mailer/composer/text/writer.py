"""The plain-text edition, written from the tree of an issue (never from its HTML)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from mailer.composer import rawhtml, why
from mailer.composer.text.fences import fenced, is_fenced, settled
from mailer.composer.text.grid import fits, grid, records
from mailer.composer.text.running import RunningText, flat, superscript
from mailer.composer.text.wrap import Line, columns, merged, prefixed, ruled, unwrapped, wrap
from mailer.model.content import (
    Audience,
    Block,
    Blocks,
    BulletList,
    Callout,
    CodeBlock,
    Continuation,
    Divider,
    Figure,
    Footnote,
    Hyperlink,
    Inlines,
    NumberedList,
    Paragraph,
    Quote,
    RawBlock,
    Subheading,
    Table,
    Text,
    Url,
    Video,
)
from mailer.model.issue import Issue, Item, Section
from mailer.model.slot import PREFERENCES_URL, UNSUBSCRIBE_URL, Slot, Slotted

WIDTH = 72  # columns
_NARROWEST = 20  # columns, however deep a list lies
_INDENT = "    "
_DIVIDER = "* * *"


@dataclass(frozen=True, slots=True)
class TextFrame:
    """What stands around the issue. `date_line` is its number and date as readers see them;
    `strings` are the theme's: availability, separator, colon, picture (with `{alt}`), why (with
    `{list}`), unsubscribe, preferences, web, video (with `{title}`), continued (with `{item}`) and
    the kinds of callouts. `personal`: a letter to one person. `is_mirrored`: the issue is written
    from right to left."""

    publication: str
    address: str
    date_line: str
    web_url: str
    strings: Mapping[str, str]
    personal: bool = False
    is_mirrored: bool = False


def write_text(issue: Issue, frame: TextFrame) -> Slotted:
    """The text edition of an abridged issue; lines of at most 72 columns but for addresses and
    code."""
    writer = _Writer(frame)
    chunks = [
        _head(issue, frame),
        writer.flow(issue.intro, ()),
        *(chunk for entry in issue.entries for chunk in writer.entry(entry)),
        writer.sign_off(issue.sign_off, issue.footnotes),
        _foot(frame),
    ]
    lines = settled(_stacked(chunks, 2))
    return merged(part for line in lines for part in (line if is_fenced(line) else (*line, "\n")))


def _head(issue: Issue, frame: TextFrame) -> list[Line]:
    title = ruled(wrap((flat(issue.title),), WIDTH), "=")
    web = f"{frame.strings['web']}{frame.strings['colon']}{frame.web_url}"
    below = (frame.date_line, "" if frame.personal else web)
    return [*title, *(line for text in below if text for line in wrap((flat(text),), WIDTH))]


def _foot(frame: TextFrame) -> list[Line]:
    strings = frame.strings
    lines = [frame.publication, *frame.address.split("\n")]
    imprint = [line for text in lines if text.strip() for line in wrap((flat(text),), WIDTH)]
    if frame.personal:
        return [("-" * WIDTH,), *imprint]
    return [
        ("-" * WIDTH,),
        *wrap(why.filled(strings["why"]), WIDTH),
        *imprint,
        (),
        (f"{strings['unsubscribe']}{strings['colon']}", Slot(UNSUBSCRIBE_URL)),
        (f"{strings['preferences']}{strings['colon']}", Slot(PREFERENCES_URL)),
    ]


class _Writer:
    """Writes an issue part by part; the links of each part are numbered from 1."""

    def __init__(self, frame: TextFrame) -> None:
        self._frame = frame
        self._strings = frame.strings
        self._text = self._fresh()

    def _fresh(self) -> RunningText:
        return RunningText(self._strings["picture"])

    def entry(self, entry: Section | Item) -> list[list[Line]]:
        """The chunks of an entry: a section is its lead-in and its items. Those have a lighter
        rule below their headings, so that one sees where the section ends."""
        if isinstance(entry, Item):
            return [self._item(entry, "=")]
        head = self._heading(entry.heading, "=")
        lead_in = self._ended((head, *self._blocks(entry.lead_in, WIDTH)), entry.footnotes)
        return [lead_in, *(self._item(item, "-") for item in entry.items)]

    def _item(self, item: Item, rule: str) -> list[Line]:
        head = [*self._heading(item.heading, rule), *self._link_line(item)]
        return self._ended((head, *self._blocks(item.body, WIDTH)), item.footnotes)

    def flow(self, blocks: Blocks, footnotes: Sequence[Footnote]) -> list[Line]:
        return self._ended(self._blocks(blocks, WIDTH), footnotes)

    def sign_off(self, blocks: Blocks, footnotes: Sequence[Footnote]) -> list[Line]:
        lines = self.flow(blocks, footnotes)
        return [(_DIVIDER,), (), *lines] if blocks else lines

    def _ended(self, chunks: Iterable[list[Line]], footnotes: Sequence[Footnote]) -> list[Line]:
        """Chunks, the addresses of their links, and footnotes; after it links begin at 1 again."""
        chunks = list(chunks)
        notes = [line for footnote in footnotes for line in self._footnote(footnote)]
        links = self._text.links()
        self._text = self._fresh()
        return _stacked((*chunks, links, notes), 1)

    def _footnote(self, footnote: Footnote) -> list[Line]:
        return self._indented(footnote.children, f"{superscript(footnote.number)} ", WIDTH)

    def _link_line(self, item: Item) -> list[Line]:
        if not item.link_line:
            return []
        words: list[str | Slot] = []
        for part in item.link_line:
            words += [self._strings["separator"] if words else "", *self._text.of(part.content)]
        return wrap((self._strings["availability"] + self._strings["colon"], *words), WIDTH)

    def _heading(self, children: Inlines, mark: str) -> list[Line]:
        return ruled(wrap(self._text.of(children), WIDTH), mark)

    def _blocks(self, blocks: Blocks, width: int) -> list[list[Line]]:
        return [self._block(block, width) for block in blocks]

    def _block(self, block: Block, width: int) -> list[Line]:
        return self._WRITERS[type(block)](self, block, width)

    def _paragraph(self, paragraph: Paragraph, width: int) -> list[Line]:
        return wrap(self._text.of(paragraph.children), width)

    def _figure(self, figure: Figure, width: int) -> list[Line]:
        """What each picture shows, and its caption on the next line."""
        lines: list[Line] = []
        for picture, url in figure.pictures:
            for text in (self._text.picture(picture, url), (flat(picture.title),)):
                lines += wrap(text, width) if any(text) else []
        return lines

    def _video(self, video: Video, width: int) -> list[Line]:
        return self._link("video", video.title, video.url, width)

    def _continuation(self, block: Continuation, width: int) -> list[Line]:
        url = Url((f"{self._frame.web_url}#{quote(block.anchor)}",))
        return self._link("continued", block.heading, url, width)

    def _link(self, string: str, name: Inlines, url: Url, width: int) -> list[Line]:
        """A string as a link, its only place filled with a name that may hold slots and marks."""
        before, after = re.split(r"\{\w+\}", self._strings[string], maxsplit=1)
        named = Hyperlink(url, (Text(before), *name, Text(after)), "", 0)
        return wrap(self._text.of((named,)), width)

    def _audience(self, block: Audience, width: int) -> list[Line]:
        """With the addresses of its own links: others do not see their numbers."""
        around, self._text = self._text, self._fresh()
        lines = self._ended(self._blocks(block.children, width), ())
        self._text = around
        return fenced(lines, block.segment)

    def _subheading(self, subheading: Subheading, width: int) -> list[Line]:
        return ruled(wrap(self._text.of(subheading.children), width), "~")

    def _bullets(self, bullets: BulletList, width: int) -> list[Line]:
        return self._list(bullets.items, ["- "] * len(bullets.items), width)

    def _numbers(self, numbers: NumberedList, width: int) -> list[Line]:
        last = numbers.start + len(numbers.items)
        markers = [f"{number}. " for number in range(numbers.start, last)]
        return self._list(numbers.items, markers, width)

    def _quote(self, quote: Quote, width: int) -> list[Line]:
        inner = max(width - 2, _NARROWEST)
        return prefixed(_stacked(self._blocks(quote.children, inner), 1), "> ", "> ")

    def _callout(self, callout: Callout, width: int) -> list[Line]:
        """With a bar at its side, where a quotation has a bracket."""
        inner = max(width - 2, _NARROWEST)
        title = self._text.of(callout.title)
        head = (self._strings[callout.kind], self._strings["colon"] if title else "", *title)
        chunks = [wrap(head, inner), *self._blocks(callout.children, inner)]
        return prefixed(_stacked(chunks, 1), "| ", "| ")

    def _list(self, items: Sequence[Blocks], markers: Sequence[str], width: int) -> list[Line]:
        loose = any(sum(isinstance(b, Paragraph) for b in item) > 1 for item in items)
        rows = [self._indented(*pair, width) for pair in zip(items, markers, strict=True)]
        return _stacked(rows, 1 if loose else 0)

    def _indented(self, blocks: Blocks, marker: str, width: int) -> list[Line]:
        size = columns((marker,))
        chunks = self._blocks(blocks, max(width - size, _NARROWEST))
        lines = _stacked(chunks, 0 if _is_tight(blocks) else 1)
        return prefixed(lines or [()], marker, " " * size)

    def _table(self, table: Table, width: int) -> list[Line]:
        """As records where it is too wide, or where no column keeps its place because texts run in
        both directions."""
        header, *rows = (self._row(row) for row in (table.header, *table.rows))
        if self._frame.is_mirrored or not fits(header, rows, width):
            return records(header, rows, self._strings["colon"], width)
        return grid(header, rows, table.aligns)

    def _raw(self, block: RawBlock, width: int) -> list[Line]:
        lines = wrap(self._text.of(rawhtml.of_block(block)), width)
        return lines if any(lines) else []

    def _code(self, block: CodeBlock, width: int) -> list[Line]:
        lines = (flat(line.expandtabs(4)) for line in block.code.rstrip().split("\n"))
        return prefixed([(line,) for line in lines], _INDENT, _INDENT) if block.code.strip() else []

    def _divider(self, divider: Divider, width: int) -> list[Line]:
        return [(_DIVIDER,)]

    def _row(self, cells: Iterable[Inlines]) -> list[Line]:
        return [unwrapped(self._text.of(cell)) for cell in cells]

    _WRITERS: Mapping[type[Block], Callable[..., list[Line]]] = {
        Paragraph: _paragraph,
        Figure: _figure,
        Video: _video,
        Subheading: _subheading,
        BulletList: _bullets,
        NumberedList: _numbers,
        Quote: _quote,
        Callout: _callout,
        CodeBlock: _code,
        Table: _table,
        Divider: _divider,
        RawBlock: _raw,
        Continuation: _continuation,
        Audience: _audience,
    }


def _is_tight(blocks: Blocks) -> bool:
    """Whether the blocks of a list's item need no empty lines: a paragraph, lists below it."""
    paragraphs = sum(isinstance(block, Paragraph) for block in blocks)
    return paragraphs < 2 and all(
        isinstance(block, Paragraph | BulletList | NumberedList) for block in blocks
    )


def _stacked(chunks: Iterable[list[Line]], gap: int) -> list[Line]:
    """The chunks one below the other with `gap` empty lines between; empty ones left out."""
    lines: list[Line] = []
    for chunk in chunks:
        lines += [*([()] * gap if lines and chunk else ()), *chunk]
    return lines
