"""Plain text, copied from a page or out of a mail → the manuscript of an issue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from mailer.intake.reading.addresses import with_addresses
from mailer.intake.reading.linkline import recognised
from mailer.intake.reading.manuscript import Manuscript, Piece
from mailer.intake.reading.structure.arranging import Source, arranged
from mailer.intake.reading.structure.block import Block
from mailer.intake.reading.structure.passage import Mark, Passage
from mailer.intake.reading.text.lines import lines_of
from mailer.intake.reading.text.passages import passages_of
from mailer.model.content import BulletList, CodeBlock, Divider, NumberedList, Paragraph, Quote

_DASHES = "—–~"  # before a list, a speaker or a name


def read(text: str, source: Source | None = None) -> Manuscript:
    """Every sentence of the text is in the pieces or in what was left out. Raises
    SourceError for a text that is longer than any issue."""
    return arranged(list(_blocks(passages_of(lines_of(text)))), source or Source())


def _blocks(passages: Sequence[Passage]) -> Iterator[Block]:
    """Passages that are one list or quotation are one block."""
    for mark, group in groupby(passages, key=lambda passage: passage.mark):
        run = list(group)
        links = _links(run) if mark is Mark.BULLET else None
        if links:
            yield links
        elif mark is Mark.QUOTE or _is_list(run):
            yield _together(run)
        else:
            yield from (_alone(passage) for passage in run)


def _links(run: Sequence[Passage]) -> Block | None:
    """Entries that are nothing but links are a link line."""
    lines = [recognised(with_addresses(passage.text)) for passage in run]
    if not all(line and len(line.parts) == 1 for line in lines):
        return None
    text = " | ".join(passage.text for passage in run)
    return Block(Passage(text, gap=run[0].gap), with_addresses(text))


def _is_list(run: Sequence[Passage]) -> bool:
    first = run[0]
    if first.mark is Mark.BULLET:
        return len(run) > 1 or first.lead not in _DASHES
    return first.mark is Mark.NUMBER and _is_counted(run)


def _is_counted(run: Sequence[Passage]) -> bool:
    numbers = [_number(passage) for passage in run]
    return len(run) > 1 and numbers == list(range(numbers[0], numbers[0] + len(run)))


def _number(passage: Passage) -> int:
    return int("".join(filter(str.isdecimal, passage.lead)) or "10")  # the sign 🔟 has no digits


def _together(run: Sequence[Passage]) -> Block:
    text = "\n".join(passage.whole for passage in run)
    paragraphs = tuple(Paragraph(with_addresses(passage.text), 0) for passage in run)
    items = tuple((paragraph,) for paragraph in paragraphs)
    piece: Piece
    match run[0].mark:
        case Mark.QUOTE:
            piece = Quote(paragraphs, 0)
        case Mark.NUMBER:
            piece = NumberedList(items, _number(run[0]), 0)
        case _:
            piece = BulletList(items, 0)
    mark = Mark.QUOTE if run[0].mark is Mark.QUOTE else Mark.BULLET
    return Block(Passage(text, mark, run[0].gap), (), piece)


def _alone(passage: Passage) -> Block:
    match passage.mark:
        case Mark.CODE:
            return Block(passage, (), CodeBlock(passage.text, passage.lead, 0))
        case Mark.RULE:
            return Block(passage, (), Divider(0))
    return Block(passage, with_addresses(passage.whole))
