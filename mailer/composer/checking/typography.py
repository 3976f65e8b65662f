"""Quotation marks and dashes, as the language of the issue has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailer.composer.checking.context import CheckContext
from mailer.composer.checking.passages import own_passages
from mailer.composer.report import Report
from mailer.model.issue import Issue


@dataclass(frozen=True, slots=True)
class _Habit:
    """`quotes` are the marks to write; `others` pass too. `dash` is the one between thoughts, with
    its spaces; `dashes` are those that pass there."""

    quotes: str
    others: str
    dash: str
    dashes: str


_HABITS: Mapping[str, _Habit] = {
    "en": _Habit("“…”", "‘’", "—", "—–"),
    "de": _Habit("„…“", "‚‘»«›‹", " – ", "–"),
    "fr": _Habit("« … »", "“”‹›", " – ", "–—"),
    "es": _Habit("«…»", "“”‘’", "—", "—–"),
    "ru": _Habit("«…»", "„“", " — ", "—"),
    "ar": _Habit("«…»", "“”", " – ", "–—"),
    "zh": _Habit("“…”", "‘’「」『』《》〈〉", "——", "—–"),
}
_APOSTROPHE = "’"  # passes everywhere
_MARKS = re.compile('["“”„«»‘‚‹›「」]')
_INCHES = re.compile(r"\d\"(?!\w)")
_IN_A_WORD = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_AS_QUOTES = re.compile(r"(?<!\w)'(?=\w)[^'\n]*(?<=[\w.,!?])'(?!\w)")
_HYPHENS = re.compile(r"(?<=[ \n])-{1,3}(?=[ \n])|(?<=\w)-{2,3}(?=\w)")
_SPACED = re.compile(r"(?<=\s)[–—](?=\s)")


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    habit = _HABITS.get(issue.lang.partition("-")[0])
    if not context.typography or habit is None:
        return
    for passage in own_passages(issue, context.lines):
        for at, rule, message, mend in sorted(_faults(passage.text, habit)):
            report.add(rule, passage.line_of(at), message, mend)


def _faults(text: str, habit: _Habit) -> Iterator[tuple[int, str, str, str]]:
    """Where, the rule, what is wrong and how to mend it."""
    passing = {*habit.quotes, *habit.others, _APOSTROPHE}
    for found in _MARKS.finditer(_INCHES.sub("  ", text)):
        if found[0] not in passing:
            message = f"{found[0]} is no quotation mark of this language"
            yield found.start(), "style-quotes", message, f"write {habit.quotes}"
    for found in (*_IN_A_WORD.finditer(text), *_AS_QUOTES.finditer(text)):
        is_word = found[0] == "'"
        mend = _APOSTROPHE if is_word else habit.quotes
        message = f"a straight {'apostrophe' if is_word else 'quotation mark'} '"
        yield found.start(), "style-quotes", message, f"write {mend}"
    for found in (*_HYPHENS.finditer(text), *_SPACED.finditer(text)):
        if found[0] not in habit.dashes:
            message = f"{found[0]} stands for a dash"
            yield found.start(), "style-dashes", message, f"write {habit.dash.strip()}"
