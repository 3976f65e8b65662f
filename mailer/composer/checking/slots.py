"""Slots that nothing would fill: most often a name of an attribute with a slip in it."""

from __future__ import annotations

from collections.abc import Iterator, Set
from difflib import get_close_matches

from mailer.composer.checking.context import CheckContext
from mailer.composer.checking.stretches import Stretch, stretches
from mailer.composer.report import Report
from mailer.composer.tree import blocks_in, inlines_in
from mailer.model.content import Hyperlink, Inlines, LineBreak, Paragraph, Subheading, Table
from mailer.model.issue import Issue, Item
from mailer.model.slot import RESERVED_SLOTS, Slot, slots_of


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    if context.attributes is None:
        return
    known = context.attributes | RESERVED_SLOTS
    in_subject = context.lines.get("subject") or context.lines.get("title", 0)
    found = [(slot, in_subject) for slot in slots_of(issue.subject)]
    found += [place for stretch in stretches(issue) for place in _in_stretch(stretch)]
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


def _in_stretch(stretch: Stretch) -> Iterator[tuple[Slot, int]]:
    if stretch.headed:
        yield from _in_inlines(stretch.headed.heading, stretch.headed.line)
    if isinstance(stretch.headed, Item):
        for part in stretch.headed.link_line:
            yield from _in_inlines(part.content, part.line)
    for block in blocks_in(stretch.blocks):
        if isinstance(block, Paragraph | Subheading):
            yield from _in_inlines(block.children, block.line)
        elif isinstance(block, Table):
            for cell in (*block.header, *(cell for row in block.rows for cell in row)):
                yield from _in_inlines(cell, block.line)


def _in_inlines(inlines: Inlines, line: int) -> Iterator[tuple[Slot, int]]:
    for inline in inlines_in((Paragraph(inlines, line),)):
        if isinstance(inline, LineBreak):
            line += 1
        elif isinstance(inline, Slot):
            yield inline, line
        elif isinstance(inline, Hyperlink):
            for slot in slots_of(inline.url.parts):
                yield slot, line
