"""How a text begins: title, day, number, a list of contents."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailer.intake.reading.dates import day_in, number_in
from mailer.intake.reading.phrases import choice
from mailer.intake.reading.structure.block import Block
from mailer.intake.reading.structure.passage import Mark, Passage
from mailer.intake.reading.structure.shape import Shape
from mailer.model.content import Paragraph

_LONGEST_NOTE = 14  # words of a line that tells day or number
_LONGEST_ENTRY = 16  # words of an entry of a list of contents
_ENTRIES = 3
_NEAR = 6  # blocks from the beginning, in which a title stands
_NOTES = 4  # lines below the title among which they are
_ANNOUNCED = """
    in this (?:issue|edition|newsletter)|contents?|table of contents|what['’]s inside
    in diesem heft|in dieser ausgabe|inhalt(?:sverzeichnis)?|themen
    в этом выпуске|содержание|оглавление|sommaire|dans ce numéro|en este número|índice
"""
_CONTENTS = re.compile(rf"{choice(_ANNOUNCED)}\W*", re.IGNORECASE)
_NUMBERED = re.compile(r"[\W\d]*")


@dataclass(frozen=True, slots=True)
class Known:
    """What is told of an issue apart from its text."""

    title: str = ""
    date: dt.date | None = None
    number: int | None = None


NOTHING = Known()


@dataclass(frozen=True, slots=True)
class Opening:
    """`rest` are the blocks below the title; `left_out` are those that say what the front matter
    says."""

    known: Known
    rest: tuple[Block, ...]
    left_out: tuple[str, ...]


def opening(blocks: Sequence[Block], known: Known) -> Opening:
    """Title and what stands right around it; what is `known` already is believed."""
    notes: list[str] = []
    at = _skip_notes(blocks, 0, notes)
    place = _place_of_title(blocks, at, known.title)
    title: str = known.title
    above: tuple[Block, ...] = ()
    if place is not None:
        title, above = title or blocks[place].passage.whole, tuple(blocks[at:place])
        at = place + 1
        if _is_subtitle(blocks, at):
            above, at = (*above, calm(blocks[at])), at + 1
        at = _skip_notes(blocks, at, notes)
    if not title and notes:
        title = notes.pop(0)
    told = [*notes, title]
    day = known.date or next((day for text in told if (day := day_in(text))), None)
    numbers = (number_in(text) for text in told)
    number = known.number if known.number is not None else next(filter(None, numbers), None)
    return Opening(Known(title, day, number), (*above, *blocks[at:]), tuple(notes))


def _skip_notes(blocks: Sequence[Block], start: int, notes: list[str]) -> int:
    at = start
    while at < min(len(blocks), start + _NOTES) and _is_note(blocks[at].passage):
        notes.append(blocks[at].passage.whole)
        at += 1
    return at


def _is_note(passage: Passage) -> bool:
    """Whether it says when or which, and little else."""
    text = passage.whole
    if len(text.split()) > _LONGEST_NOTE or passage.mark not in (Mark.NONE, Mark.NUMBER):
        return False
    tells = day_in(text) is not None or number_in(text) is not None
    return tells and len(text.split()) <= 8 and not text.endswith((".", "?", "!"))


def _place_of_title(blocks: Sequence[Block], start: int, known: str) -> int | None:
    """Where it stands; a title that is `known` may have a picture or some words above it."""
    if known:
        near = range(start, min(len(blocks), start + _NEAR))
        return next((p for p in near if _key(blocks[p].passage.text) == _key(known)), None)
    if start >= len(blocks):
        return None
    below = blocks[start + 1] if start + 1 < len(blocks) else None
    is_title = blocks[start].could_be_title and not (below and below.links)
    return start if is_title or blocks[start].passage.mark is Mark.HEADING else None


def _is_subtitle(blocks: Sequence[Block], at: int) -> bool:
    """Whether a day, a number or a salutation follows what stands right below the title."""
    if at + 1 >= len(blocks) or not blocks[at].could_be_title or _is_note(blocks[at].passage):
        return False
    below = blocks[at + 1]
    return _is_note(below.passage) or below.shape.is_salutation


def calm(block: Block) -> Block:
    """As a paragraph, whatever it looks like."""
    piece = block.piece or Paragraph(block.inlines, 0)
    return replace(block, piece=piece, passage=replace(block.passage, mark=Mark.INNER))


def contents(blocks: Sequence[Block]) -> range:
    """The list of what comes below: short lines that all come again. Empty where there is none."""
    later = [_key(line) for block in blocks for line in block.passage.text.split("\n")]
    for start, block in enumerate(blocks):
        end, entries = start, 0
        while end < len(blocks) and (lines := _entries(blocks[end], later)):
            end, entries = end + 1, entries + lines
        if entries >= _ENTRIES:
            introduced = start and _CONTENTS.fullmatch(blocks[start - 1].passage.text)
            return range(start - 1 if introduced else start, end)
        if block.links:
            break
    return range(0)


def _entries(block: Block, keys: Sequence[str]) -> int:
    """How many entries of a list of contents it holds; 0 where one of its lines is none."""
    own = [_key(line) for line in block.passage.text.split("\n")]
    is_short = all(key and Shape(key).length <= _LONGEST_ENTRY for key in own)
    return len(own) if is_short and all(keys.count(key) > 1 for key in own) else 0


def _key(text: str) -> str:
    return _NUMBERED.sub("", text, 1).casefold().rstrip(" .:")
