"""Slots that nothing would fill: most often a name of an attribute with a slip in it."""

from __future__ import annotations

from collections.abc import Iterator, Set
from difflib import get_close_matches

from mailer.composer.checking.context import CheckContext
from mailer.composer.checking.stretches import runs
from mailer.composer.report import Report
from mailer.composer.tree import inlines_in
from mailer.model.content import Hyperlink, Inlines, LineBreak, Paragraph
from mailer.model.issue import Issue
from mailer.model.slot import RESERVED_SLOTS, Slot, slots_of


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    if context.attributes is None:
        return
    known = context.attributes | RESERVED_SLOTS
    in_subject = context.lines.get("subject") or context.lines.get("title", 0)
    found = [(slot, in_subject) for slot in slots_of(issue.subject)]
    found += [place for inlines, line in runs(issue) for place in _in_inlines(inlines, line)]
    for slot, line in found:
        if slot.name not in known:
            _check(slot, line, known, report)


def _check(slot: Slot, line: int, known: Set[str], report: Report) -> None:
    """A default makes up for what nobody has, but not for a slip."""
    message = f"{{{{ {slot.name} }}}}: no reader has a {slot.name}"
    near = get_close_matches(slot.name, sorted(known), 1)
    if near:
        report.add("slot-unknown", line, message, f"write {near[0]}")
    elif slot.default is None:
        mend = "mend its spelling, give it a default, or import readers with such a column"
        report.add("slot-unknown", line, message, mend)


def _in_inlines(inlines: Inlines, line: int) -> Iterator[tuple[Slot, int]]:
    for inline in inlines_in((Paragraph(inlines, line),)):
        if isinstance(inline, LineBreak):
            line += 1
        elif isinstance(inline, Slot):
            yield inline, line
        elif isinstance(inline, Hyperlink):
            for slot in slots_of(inline.url.parts):
                yield slot, line
