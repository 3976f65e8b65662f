"""The publication's own names, which its editors know how to spell and fingers do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailer.composer.checking.context import CheckContext
from mailer.composer.checking.passages import Passage, passages, without_addresses
from mailer.composer.report import Report
from mailer.model.issue import Issue

_JOINT = r"[\s\u00a0\u00ad_‐‑-]?"
_SHORT = 6  # letters; the parts of a shorter name are words of their own


@dataclass(frozen=True, slots=True)
class Name:
    """`is_word`: in plain small or capital letters it may be a word like others."""

    spelling: str
    is_word: bool

    def is_meant(self, written: str) -> bool:
        return not (self.is_word and (written.islower() or written.isupper()))


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    patterns = {name: _pattern(name.spelling) for name in _names(context)}
    for passage in passages(issue, context.lines):
        text = without_addresses(passage.text)
        for name, pattern in patterns.items():
            for found in pattern.finditer(text):
                _check(found, name, passage, report)


def _names(context: CheckContext) -> Iterator[Name]:
    """A publication may be called "News" without ever minding the word."""
    for spelling in filter(str.strip, context.names):
        yield Name(spelling, is_word=" " in spelling)
    if context.publication and context.publication not in context.names:
        yield Name(context.publication, is_word=True)


def _pattern(name: str) -> re.Pattern[str]:
    """The name in any letter case, its words run together, apart or joined by hyphens."""
    letters = [re.escape(letter) for letter in name if not letter.isspace()]
    spelled = re.escape(name) if len(letters) < _SHORT else _JOINT.join(letters)
    return re.compile(rf"(?<![\w#@/]){spelled}(?!\w)", re.IGNORECASE)


def _check(found: re.Match[str], name: Name, passage: Passage, report: Report) -> None:
    written = " ".join(found[0].split())
    if written != name.spelling and name.is_meant(written):
        line = passage.line_of(found.start())
        message = f"{written!r} is not how {name.spelling} is spelled"
        report.add("name-spelling", line, message, f"write {name.spelling}")
