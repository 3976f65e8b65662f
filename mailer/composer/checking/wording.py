"""The words of the house: how it writes what has several spellings, and what it never says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailer.composer.checking.context import CheckContext
from mailer.composer.checking.passages import own_passages, without_addresses
from mailer.composer.report import Report
from mailer.model.issue import Issue

_ANY_ENDING = "*"


@dataclass(frozen=True, slots=True)
class _Wording:
    """`meant` is how the house writes what others write as `mistake`; empty for what it does not
    write at all."""

    pattern: re.Pattern[str]
    mistake: str
    meant: str


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    wordings = list(_wordings(context))
    if not wordings:
        return
    for passage in own_passages(issue, context.lines):
        text = without_addresses(passage.text)
        for wording in wordings:
            for found in wording.pattern.finditer(text):
                _report(wording, found[0], passage.line_of(found.start()), report)


def _wordings(context: CheckContext) -> Iterator[_Wording]:
    for meant, others in context.glossary.items():
        for other in others:
            yield _Wording(_pattern(other, as_written=True), other, meant)
    for word in context.banned:
        yield _Wording(_pattern(word, as_written=False), word, "")


def _pattern(words: str, as_written: bool) -> re.Pattern[str]:
    """Whole words, over the end of a line too; `*` is any ending. As written, or with a capital at
    the beginning, else in any letter case."""
    pieces = [re.escape(piece).replace(r"\*", r"\w*") for piece in words.split()]
    spelled = r"\s+".join(pieces)
    first = words.strip()[:1]
    if as_written and first != first.upper():
        spelled = (
            f"[{re.escape(first)}{re.escape(first.upper())}]{spelled[len(re.escape(first)) :]}"
        )
    flags = re.NOFLAG if as_written else re.IGNORECASE
    return re.compile(rf"(?<![\w-]){spelled}(?![\w-])", flags)


def _report(wording: _Wording, found: str, line: int, report: Report) -> None:
    written = " ".join(found.split())
    if not wording.meant:
        message = f"{written!r} is a word that the house does not use"
        report.add("style-banned", line, message, "say it in another way")
    elif written != wording.meant:
        begins = written[:1] == wording.mistake[:1]
        meant = wording.meant if begins else wording.meant[:1].upper() + wording.meant[1:]
        message = f"{written!r} is not how the house writes it"
        report.add("style-glossary", line, message, f"write {meant}")
