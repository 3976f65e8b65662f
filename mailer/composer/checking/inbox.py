"""Subject and preheader, as the rows of an inbox show them."""

from __future__ import annotations

import re

from mailer.composer.checking.context import CheckContext
from mailer.composer.report import Report
from mailer.composer.text.wrap import columns
from mailer.model.issue import Issue
from mailer.model.slot import fill

_OCTETS = 998  # RFC 5322 §2.1.1, the longest line of a message
# Columns of a row; a wide character takes two.
_DESKTOP, _PHONE = 80, 40
_PREHEADER = 140
_CAPITALS = 8  # letters; fewer may be the name of something
_FACE = "[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55]\ufe0f?[\U0001f3fb-\U0001f3ff]?"
_EMOJI = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|{_FACE}(?:\u200d{_FACE})*")


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    subject = fill(issue.subject, {})
    line = context.lines.get("subject") or context.lines.get("title", 0)
    if not subject.strip():
        report.add("subject-empty", line, "the subject is empty", "write subject: … or title: …")
        return
    _check_length(subject, line, report)
    _check_emoji(subject, line, report)
    if subject.isupper() and sum(map(str.isupper, subject)) >= _CAPITALS:
        mend = "write it as a sentence: filters mind shouting"
        report.add("subject-capitals", line, "the subject is all capitals", mend)
    _check_preheader(issue.preheader, subject, context.lines.get("preheader", line), report)


def shown(text: str, room: int) -> str:
    """As a row with `room` columns shows it."""
    if columns((text,)) <= room:
        return text
    kept = text[:room]
    while columns((kept, "…")) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _check_length(subject: str, line: int, report: Report) -> None:
    octets, size = len(subject.encode()), columns((subject,))
    if octets > _OCTETS:
        message = f"the subject has {octets} octets, and a mail allows {_OCTETS}"
        report.add("subject-long", line, message, "shorten it")
    elif size > _DESKTOP:
        message = (
            f"the subject is {size} columns wide, and a phone shows “{shown(subject, _PHONE)}”"
        )
        mend = f"shorten it to {_DESKTOP}, and begin with what counts"
        report.add("subject-cut", line, message, mend)


def _check_emoji(subject: str, line: int, report: Report) -> None:
    for room in (_DESKTOP, _PHONE):
        if columns((subject,)) <= room:
            continue
        for emoji in _EMOJI.finditer(subject[: 2 * room]):
            start, end = (columns((subject[:at],)) for at in emoji.span())
            if start < room <= end:
                message = f"{emoji[0]} stands where a row of {room} columns ends"
                report.add("subject-emoji", line, message, "move it to the beginning")


def _check_preheader(preheader: str, subject: str, line: int, report: Report) -> None:
    said, before, size = _folded(preheader), _folded(subject), columns((preheader,))
    if not said:
        message = "no preheader, so inboxes show how the intro begins"
        report.add("preheader-missing", line, message, "write preheader: … into the front matter")
    elif before and (said.startswith(before) or before.startswith(said)):
        message = "the preheader repeats the subject, which stands right before it"
        report.add("preheader-repeats", line, message, "say what the subject leaves out")
    elif size > _PREHEADER:
        message = f"the preheader is {size} columns wide, and no row shows its end"
        report.add("preheader-cut", line, message, f"shorten it to {_PREHEADER}")


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
