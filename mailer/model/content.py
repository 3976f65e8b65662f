"""The content of an issue as a small tree: blocks that hold inlines.

Both editions, HTML and text, are written from this one tree. `line` is the line of the issue
file, counted from 1; it serves findings and never reaches a reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from mailer.model.slot import Slot

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class CodeSpan:
    code: str


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a formula in one kind of letters."""

    text: str
    style: Literal["upright", "italic", "bold"] = "upright"


@dataclass(frozen=True, slots=True)
class Formula:
    """Mathematics in running text: what readers see, and the TeX that the editor wrote."""

    tex: str
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class LineBreak:
    """`hard` is a break the editor asked for; a soft one is a line end of the source."""

    hard: bool


@dataclass(frozen=True, slots=True)
class Styled:
    """Emphasis of one kind around other inlines."""

    style: Literal["em", "strong", "s"]
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Url:
    """A link's target. Slots in it are URL components: `https://…/?who=` + slot."""

    parts: tuple[str | Slot, ...]

    @property
    def text(self) -> str:
        """The target with each slot written as `{{ name }}`, for messages and comparison."""
        return "".join(p if isinstance(p, str) else f"{{{{ {p.name} }}}}" for p in self.parts)


@dataclass(frozen=True, slots=True)
class Hyperlink:
    url: Url
    children: tuple[Inline, ...]
    title: str
    line: int


@dataclass(frozen=True, slots=True)
class Width:
    """How wide an editor wants a picture: in CSS pixels, or in hundredths of the column."""

    number: int
    unit: Literal["px", "%"]

    def within(self, column: int) -> int:
        """In CSS pixels."""
        share = self.number * column // 100
        return max(1, share if self.unit == "%" else min(self.number, column))


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as the file names it: a URL or a path, relative to the file or the publication.
    `title` is its caption; a still stands for a video."""

    source: str
    alt: str
    title: str
    line: int
    width: Width | None = None
    is_still: bool = False

    @property
    def is_remote(self) -> bool:
        """Whether it stays on the web."""
        return self.source.lower().startswith(("https://", "http://"))


@dataclass(frozen=True, slots=True)
class FootnoteReference:
    number: int


@dataclass(frozen=True, slots=True)
class RawInline:
    """A run of the editor's own HTML, as written; whoever renders it sanitises it."""

    html: str


Inline = (
    Text
    | CodeSpan
    | Formula
    | LineBreak
    | Styled
    | Hyperlink
    | Picture
    | FootnoteReference
    | RawInline
    | Slot
)
Inlines = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    children: Inlines
    line: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A paragraph of nothing but pictures; `url` is the target where a picture is a link."""

    pictures: tuple[tuple[Picture, Url | None], ...]
    line: int


@dataclass(frozen=True, slots=True)
class Video:
    """A link to a video that stands alone; `title` says what the video shows, or nothing."""

    url: Url
    title: Inlines
    still: Picture | None
    line: int


@dataclass(frozen=True, slots=True)
class Subheading:
    """A level-4 heading inside an item, an intro or a sign-off."""

    children: Inlines
    line: int


@dataclass(frozen=True, slots=True)
class BulletList:
    items: tuple[Blocks, ...]
    line: int


@dataclass(frozen=True, slots=True)
class NumberedList:
    items: tuple[Blocks, ...]
    start: int
    line: int


@dataclass(frozen=True, slots=True)
class Quote:
    children: Blocks
    line: int


class CalloutKind(StrEnum):
    """What GitHub's Markdown knows."""

    NOTE = "note"
    TIP = "tip"
    IMPORTANT = "important"
    WARNING = "warning"
    CAUTION = "caution"


@dataclass(frozen=True, slots=True)
class Callout:
    """A box that stands out: `> [!NOTE] title`; the title may be empty."""

    kind: CalloutKind
    title: Inlines
    children: Blocks
    line: int


@dataclass(frozen=True, slots=True)
class CodeBlock:
    code: str
    language: str
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    header: tuple[Inlines, ...]
    rows: tuple[tuple[Inlines, ...], ...]
    aligns: tuple[Align | None, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Divider:
    line: int


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A block of the editor's own HTML, as written; whoever renders it sanitises it."""

    html: str
    line: int


@dataclass(frozen=True, slots=True)
class More:
    """What stands on the issue's page alone, inside the item of this heading and anchor."""

    heading: Inlines
    anchor: str
    children: Blocks
    line: int


@dataclass(frozen=True, slots=True)
class Continuation:
    """What a mail has in place of it: a link to the item on the page."""

    heading: Inlines
    anchor: str
    line: int


@dataclass(frozen=True, slots=True)
class Audience:
    """What in a mail those readers alone get who are in a segment; it stands on no page."""

    segment: str
    children: Blocks
    line: int


Block = (
    Paragraph
    | Figure
    | Video
    | Subheading
    | BulletList
    | NumberedList
    | Quote
    | Callout
    | CodeBlock
    | Table
    | Divider
    | RawBlock
    | More
    | Continuation
    | Audience
)
Blocks = tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Footnote:
    number: int
    children: Blocks
    line: int
