"""The running text of an issue with its lines, without links, code, slots and raw tags."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailer.composer.checking.stretches import runs
from mailer.model.content import Inlines, LineBreak, Picture, Quote, Styled, Text
from mailer.model.issue import Issue
from mailer.model.slot import fill

_WORD = re.compile(r"[!-~]+")
_ADDRESS = re.compile(r"://|@|\bwww\.|\w\.[a-z]{2}")
_LEFT_OUT = "\ufffc"  # stands for what is no running text, so that no words grow together


@dataclass(frozen=True, slots=True)
class Passage:
    """`line` is where it begins; a line end in `text` is one in the file."""

    text: str
    line: int

    def line_of(self, at: int) -> int:
        """Of a place in the text."""
        return self.line + self.text.count("\n", 0, at)


def passages(issue: Issue, lines: Mapping[str, int]) -> Iterator[Passage]:
    """The texts of the front matter, whose keys have these lines, and those of the issue in reading
    order."""
    yield from _front_matter(issue, lines)
    for inlines, line in runs(issue):
        yield Passage("".join(_texts(inlines)), line)


def own_passages(issue: Issue, lines: Mapping[str, int]) -> Iterator[Passage]:
    """Without quotations, whose words are others'."""
    yield from _front_matter(issue, lines)
    for inlines, line in runs(issue, but=(Quote,)):
        yield Passage("".join(_texts(inlines)), line)


def without_addresses(text: str) -> str:
    """With spaces in their place, so that nothing else moves."""
    return _WORD.sub(_blanked, text)


def _blanked(word: re.Match[str]) -> str:
    return " " * len(word[0]) if _ADDRESS.search(word[0]) else word[0]


def _front_matter(issue: Issue, lines: Mapping[str, int]) -> Iterator[Passage]:
    texts = {
        "title": issue.title,
        "subject": fill(issue.subject, {}),
        "preheader": issue.preheader,
    }
    for key in texts.keys() & lines.keys():
        yield Passage(texts[key], lines[key])


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
