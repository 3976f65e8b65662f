"""How a text begins: title, day, number, a list of contents."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.intake.reading.dates import day_in, number_in
from mailer.intake.reading.text.headings import Block
from mailer.intake.reading.text.passages import Mark, Passage
from mailer.intake.reading.text.shape import Shape

_LONGEST_NOTE = 14  # words of a line that tells day or number
_LONGEST_ENTRY = 16  # words of an entry of a list of contents
_ENTRIES = 3
_NOTES = 4  # lines below the title among which they are
_CONTENTS = re.compile(
    r"(?:in this (?:issue|edition|newsletter)|contents?|table of contents|what(?:'|’)s inside|in diesem heft|in dieser ausgabe"
    r"|inhalt(?:sverzeichnis)?|themen|в этом выпуске|содержание|оглавление|sommaire|dans ce numéro|en este número|índice)\W*",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[\W\d]*")


@dataclass(frozen=True, slots=True)
class Opening:
    """`length` is how many passages it takes; `left_out` are those that say what the front matter
    says."""

    title: str
    date: dt.date | None
    number: int | None
    length: int
    left_out: tuple[str, ...]


def opening(passages: Sequence[Passage]) -> Opening:
    """Title and what stands right below it."""
    at = 0
    title, notes = "", list[str]()
    while at < min(len(passages), _NOTES) and _is_note(passages[at]):
        notes.append(passages[at].whole)
        at += 1
    if at < len(passages) and _is_title(passages, at):
        title = passages[at].whole
        at += 1
    for _ in range(_NOTES):
        if at < len(passages) and _is_note(passages[at]):
            notes.append(passages[at].whole)
            at += 1
    if not title and notes:
        title = notes.pop(0)
    told = [title, *notes]
    day = next((day for text in told if (day := day_in(text))), None)
    number = next((number for text in told if (number := number_in(text)) is not None), None)
    return Opening(title, day, number, at, tuple(notes))


def _is_note(passage: Passage) -> bool:
    """Whether it says when or which, and little else."""
    text = passage.whole
    if len(text.split()) > _LONGEST_NOTE or passage.mark not in (Mark.NONE, Mark.NUMBER):
        return False
    tells = day_in(text) is not None or number_in(text) is not None
    return tells and len(text.split()) <= 8 and not text.endswith((".", "?", "!"))


def _is_title(passages: Sequence[Passage], at: int) -> bool:
    block = Block(passages[at])
    if block.passage.mark is Mark.HEADING:
        return True
    if not block.could_be_title:
        return False
    return at + 1 >= len(passages) or Block(passages[at + 1]).links is None


def contents(passages: Sequence[Passage]) -> range:
    """The list of what comes below: short lines that all come again. Empty where there is none."""
    keys = [_key(passage) for passage in passages]
    for start in range(len(passages)):
        end = start
        while end < len(passages) and _is_entry(keys, end):
            end += 1
        if end - start >= _ENTRIES:
            introduced = start and _CONTENTS.fullmatch(passages[start - 1].text)
            return range(start - 1 if introduced else start, end)
    return range(0)


def _is_entry(keys: Sequence[str], place: int) -> bool:
    key = keys[place]
    return bool(key) and Shape(key).length <= _LONGEST_ENTRY and key in keys[place + _ENTRIES :]


def _key(passage: Passage) -> str:
    return _NUMBERED.sub("", passage.text, 1).casefold().rstrip(" .:")
