"""The running text of an issue with its lines, without links, code, slots and raw tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailer.composer import rawhtml
from mailer.composer.checking.stretches import stretches
from mailer.composer.tree import blocks_in
from mailer.model.content import (
    Block,
    Figure,
    Inlines,
    LineBreak,
    Paragraph,
    Picture,
    RawBlock,
    Styled,
    Subheading,
    Table,
    Text,
)
from mailer.model.issue import Issue, Item

_LEFT_OUT = "\ufffc"  # stands for what is no running text, so that no words grow together


@dataclass(frozen=True, slots=True)
class Passage:
    """`line` is where it begins; a line end in `text` is one in the file."""

    text: str
    line: int


def passages(issue: Issue) -> Iterator[Passage]:
    """In reading order."""
    for stretch in stretches(issue):
        if stretch.headed:
            yield _of(stretch.headed.heading, stretch.headed.line)
        if isinstance(stretch.headed, Item):
            for part in stretch.headed.link_line:
                yield _of(part.content, part.line)
        for block in blocks_in(stretch.blocks):
            yield from _of_block(block)


def _of_block(block: Block) -> Iterator[Passage]:
    match block:
        case Paragraph(children, line) | Subheading(children, line):
            yield _of(children, line)
        case Figure(pictures):
            for picture, _ in pictures:
                yield _of((picture,), picture.line)
        case Table(header, rows, _, line):
            for cell in (*header, *(cell for row in rows for cell in row)):
                yield _of(cell, line)
        case RawBlock(line=line):
            yield _of(rawhtml.of_block(block), line)
        case _:
            pass  # what holds blocks is followed by them; code is no running text


def _of(inlines: Inlines, line: int) -> Passage:
    return Passage("".join(_texts(inlines)), line)


def _texts(inlines: Inlines) -> Iterator[str]:
    for inline in inlines:
        match inline:
            case Text(text) | Picture(alt=text):
                yield text
            case LineBreak():
                yield "\n"
            case Styled(children=children):
                yield from _texts(children)
            case _:
                yield _LEFT_OUT
