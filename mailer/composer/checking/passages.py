"""The running text of an issue with its lines, without links, code, slots and raw tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailer.composer.checking.stretches import runs
from mailer.model.content import Inlines, LineBreak, Picture, Styled, Text
from mailer.model.issue import Issue

_LEFT_OUT = "\ufffc"  # stands for what is no running text, so that no words grow together


@dataclass(frozen=True, slots=True)
class Passage:
    """`line` is where it begins; a line end in `text` is one in the file."""

    text: str
    line: int


def passages(issue: Issue) -> Iterator[Passage]:
    """In reading order."""
    for inlines, line in runs(issue):
        yield Passage("".join(_texts(inlines)), line)


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
