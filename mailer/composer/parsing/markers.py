"""Lines of `:::`, which begin and end blocks of ours: `::: more`, `::: audience SEGMENT` … `:::`.

Each is a token of its own, so that a block that is not closed ends with its item and swallows no
heading.
"""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock

from mailer.composer.parsing.slots import Slots
from mailer.composer.report import Report

TYPE = "marker"  # of the token; its content is what stands behind the colons
MORE, AUDIENCE, END = "more", "audience", ""
_LINE = re.compile(r":{3,}[ \t]*(.*?)[ \t]*")
_SEGMENT = re.compile(r"audience[ \t]+([a-z0-9][a-z0-9-]{0,62})")
_PLACE = "write ::: more at the margin of an item, and ::: where it ends"
_AUDIENCE_PLACE = "write it at the margin of the text, in no list, quotation or other block"


def marker(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """The rule for markdown-it."""
    start = state.bMarks[line] + state.tShift[line]
    found = _LINE.fullmatch(state.src, start, state.eMarks[line])
    if not found or state.is_code_block(line):
        return False
    if not silent:
        token = state.push(TYPE, "", 0)
        token.content, token.map = found[1], [line, line + 1]
        state.line = line + 1
    return True


def segment_of(written: str) -> str | None:
    """Whose block it begins; None where it is no block for an audience, or the name is none."""
    found = _SEGMENT.fullmatch(written)
    return found and found[1]


def report_misplaced(written: str, slots: Slots, report: Report, line: int) -> None:
    """About a marker where it begins and ends nothing."""
    word, _, rest = slots.reveal(written).partition(" ")
    if segment_of(written):
        report.add("block-place", line, "::: audience cannot stand here", _AUDIENCE_PLACE)
    elif word == AUDIENCE:
        message = f"there is no segment {rest.strip() or 'without a name'}"
        report.add("audience-block", line, message, "remove the block or create the segment")
    elif word == MORE:
        report.add("block-place", line, "::: more cannot stand here", _PLACE)
    elif word == END:
        report.add("block-place", line, "::: ends nothing here", f"remove it, or {_PLACE}")
    else:
        message = f"there is no block {word!r}"
        mend = "use ::: more or ::: audience SEGMENT, and ::: where it ends"
        report.add("block-unknown", line, message, mend)
