"""What was read of a source, as an issue file will have it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mailer.model.content import Block, Footnote, Inlines


@dataclass(frozen=True, slots=True)
class Heading:
    """Of an item or a section (level 2), of an item in a section (3), inside an item (4)."""

    children: Inlines
    level: int


@dataclass(frozen=True, slots=True)
class LinkLine:
    """`lead` is the word before the colon, as the source has it."""

    lead: str
    parts: tuple[Inlines, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """What the editor should look at; it becomes a comment, which no reader gets."""

    text: str


@dataclass(frozen=True, slots=True)
class SignOff:
    """From here on the issue takes leave."""


Piece = Heading | LinkLine | Remark | SignOff | Block


@dataclass(frozen=True, slots=True)
class Manuscript:
    """`title` is empty, `lang` too, where the source does not tell. `left_out` is what stood in the
    source and does not belong to the issue."""

    title: str
    date: dt.date | None
    number: int | None
    lang: str
    pieces: tuple[Piece, ...]
    left_out: tuple[str, ...]
    notes: tuple[Footnote, ...] = ()
