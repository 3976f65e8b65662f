"""The publication's own names, which its editors know how to spell and fingers do not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.composer.checking.context import CheckContext
from mailer.composer.checking.passages import Passage, passages
from mailer.composer.report import Report
from mailer.model.issue import Issue
from mailer.model.slot import fill

_WORD = re.compile(r"[!-~]+")
_ADDRESS = re.compile(r"://|@|\bwww\.|\w\.[a-z]{2}")
_JOINT = r"[\s\u00a0\u00ad_‐‑-]?"
_SHORT = 6  # letters; the parts of a shorter name are words of their own


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    patterns = {name: _pattern(name) for name in context.names if name.strip()}
    for passage in (*_front_matter(issue, context), *passages(issue)):
        text = _WORD.sub(_blanked, passage.text)
        for name, pattern in patterns.items():
            for found in pattern.finditer(text):
                _check(found, name, passage, report)


def _front_matter(issue: Issue, context: CheckContext) -> Iterator[Passage]:
    texts = {
        "title": issue.title,
        "subject": fill(issue.subject, {}),
        "preheader": issue.preheader,
    }
    for key, text in texts.items():
        yield Passage(text, context.lines.get(key, 0))


def _blanked(word: re.Match[str]) -> str:
    return " " * len(word[0]) if _ADDRESS.search(word[0]) else word[0]


def _pattern(name: str) -> re.Pattern[str]:
    """The name in any letter case, its words run together, apart or joined by hyphens."""
    letters = [re.escape(letter) for letter in name if not letter.isspace()]
    spelled = re.escape(name) if len(letters) < _SHORT else _JOINT.join(letters)
    return re.compile(rf"(?<![\w#@/]){spelled}(?!\w)", re.IGNORECASE)


def _check(found: re.Match[str], name: str, passage: Passage, report: Report) -> None:
    written = " ".join(found[0].split())
    in_words = " " in name and written.islower()  # "a science weekly" may be just that
    if written != name and not in_words:
        line = passage.line + passage.text.count("\n", 0, found.start())
        report.add(
            "name-spelling", line, f"{written!r} is not how {name} is spelled", f"write {name}"
        )
