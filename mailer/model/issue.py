"""An issue: one number of the publication, as its editor wrote it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from mailer.model.content import Blocks, Footnote, Inlines, Url
from mailer.model.counted import number
from mailer.model.slot import Slotted


class Role(StrEnum):
    """What a link of a link line leads to."""

    PROJECT = "project"
    SOURCE = "source"
    PAPER = "paper"
    DEMO = "demo"
    COLAB = "colab"
    DATASET = "dataset"
    MODEL = "model"
    VIDEO = "video"
    ARTICLE = "article"
    ACCESS = "access"


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a link line; `role` is None where neither label nor host tells it."""

    url: Url
    label: str
    role: Role | None
    line: int


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a link line, between two separators: a link, an editor's note, or both."""

    content: Inlines
    links: tuple[Link, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Item:
    """`title` is the heading as plain text; `anchor` is unique within the issue."""

    heading: Inlines
    title: str
    anchor: str
    link_line: tuple[Part, ...]
    body: Blocks
    footnotes: tuple[Footnote, ...]
    line: int

    @property
    def links(self) -> tuple[Link, ...]:
        return tuple(link for part in self.link_line for link in part.links)


@dataclass(frozen=True, slots=True)
class Section:
    heading: Inlines
    title: str
    anchor: str
    lead_in: Blocks
    items: tuple[Item, ...]
    footnotes: tuple[Footnote, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Issue:
    """`subject`, `title` and `preheader` are header text; only the first two may hold slots."""

    id: str
    title: str
    number: int | None
    date: dt.date | None
    subject: Slotted
    preheader: str
    lang: str
    theme: str | None
    intro: Blocks
    entries: tuple[Section | Item, ...]
    sign_off: Blocks
    footnotes: tuple[Footnote, ...]  # those of the intro and the sign-off

    def items(self) -> Iterator[Item]:
        """Every item in reading order, those of sections among them."""
        for entry in self.entries:
            yield from (entry.items if isinstance(entry, Section) else (entry,))

    def headed(self) -> Iterator[Section | Item]:
        """Every section and item in reading order."""
        for entry in self.entries:
            yield entry
            yield from entry.items if isinstance(entry, Section) else ()

    def outline(self) -> str:
        """What `issue check` begins with: `intro · 8 items · sign-off`."""
        sections = sum(isinstance(entry, Section) for entry in self.entries)
        parts = [
            "intro" if self.intro else "no intro",
            number(sections, "section") if sections else "",
            number(sum(1 for _ in self.items()), "item"),
            "sign-off" if self.sign_off else "no sign-off",
        ]
        return " · ".join(part for part in parts if part)
