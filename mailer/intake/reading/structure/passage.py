"""A passage of a source: a paragraph, a heading, an entry of a list, with what its layout says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Mark(Enum):
    """What the layout of a passage says of it."""

    NONE = auto()
    BULLET = auto()
    NUMBER = auto()
    QUOTE = auto()
    CODE = auto()
    RULE = auto()
    HEADING = auto()  # hashes before it, a line drawn below it, an element of HTML
    INNER = auto()  # a heading inside an item
    FIGURE = auto()
    END = auto()  # here the source says that the sign-off begins


@dataclass(frozen=True, slots=True)
class Passage:
    """`gap` is the number of empty lines above it; `lead` is what was taken off its beginning;
    `depth` is how deep a heading
    stands in its source, `level` what it is in an issue, where the source knows that."""

    text: str
    mark: Mark = Mark.NONE
    gap: int = 0
    lead: str = ""
    depth: int = 0
    level: int = 0

    @property
    def whole(self) -> str:
        """As the source has it, on one line."""
        return f"{self.lead} {self.text}" if self.lead else self.text
