"""Blocks that one audience alone gets."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from mailer.composer.checking.context import CheckContext
from mailer.composer.report import Report
from mailer.composer.tree import inlines_in, margins
from mailer.model.audience import MOST
from mailer.model.content import Audience, FootnoteReference, Hyperlink
from mailer.model.issue import Issue
from mailer.model.slot import Slot, slots_of


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    names: dict[str, int] = {}
    for block in _audiences(issue):
        names.setdefault(block.segment, block.line)
        _check_segment(block, context, report)
        _check_content(block, report)
    for line in list(names.values())[MOST : MOST + 1]:
        message = f"the issue has blocks for {len(names)} segments, and may have {MOST}"
        report.add("audience-many", line, message, "make one segment of two, or two issues")


def _audiences(issue: Issue) -> Iterator[Audience]:
    return (b for blocks in margins(issue) for b in blocks if isinstance(b, Audience))


def _check_segment(block: Audience, context: CheckContext, report: Report) -> None:
    if context.segments is None or block.segment in context.segments:
        return
    near = get_close_matches(block.segment, sorted(context.segments), 1)
    create = f"`mailer segment create {block.segment} …`, or remove the block"
    mend = f"write {near[0]}" if near else create
    report.add("audience-block", block.line, f"there is no segment {block.segment}", mend)


def _check_content(block: Audience, report: Report) -> None:
    """A reader without a value would have no copy, for the sake of a block that others get; and
    what a footnote says stands at the end of the item, for all."""
    for inline in inlines_in(block.children):
        slots = slots_of(inline.url.parts) if isinstance(inline, Hyperlink) else (inline,)
        for slot in slots:
            if isinstance(slot, Slot) and slot.default is None:
                message = f"{{{{ {slot.name} }}}}: a block for an audience holds it"
                report.add("audience-slot", block.line, message, "give it a default")
        if isinstance(inline, FootnoteReference):
            message = f"everybody would see footnote {inline.number} of a block for {block.segment}"
            report.add("audience-footnote", block.line, message, "write it into the block")
