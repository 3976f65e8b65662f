"""Quotations that begin with `[!NOTE]` or one of its like: callouts, as GitHub writes them."""

from __future__ import annotations

import re

from mailer.composer.report import Report
from mailer.composer.tree import paragraph, trimmed
from mailer.model.content import (
    Blocks,
    Callout,
    CalloutKind,
    Inlines,
    LineBreak,
    Paragraph,
    Quote,
    Text,
)

_MARK = re.compile(r"\[!(?P<kind>\w+)\]")
_KINDS = {kind.value: kind for kind in CalloutKind}


def read(children: Blocks, line: int, report: Report) -> Quote | Callout:
    """The block that a quotation of these blocks makes."""
    first = children[0]
    if not isinstance(first, Paragraph) or not isinstance(first.children[0], Text):
        return Quote(children, line)
    mark = _MARK.match(first.children[0].text)
    if not mark:
        return Quote(children, line)
    kind = _KINDS.get(mark["kind"].lower())
    if kind is None:
        known = ", ".join(_KINDS).upper()
        report.add("callout-unknown", line, f"there is no callout {mark[0]}", f"use one of {known}")
        return Quote(children, line)
    opening = Text(first.children[0].text[mark.end() :])
    title, below = _first_line((opening, *first.children[1:]))
    rest = paragraph(below, line + 1)
    return Callout(kind, title, (*((rest,) if rest else ()), *children[1:]), line)


def _first_line(inlines: Inlines) -> tuple[Inlines, Inlines]:
    """What stands before the first line break, and behind it."""
    breaks = (i for i, inline in enumerate(inlines) if isinstance(inline, LineBreak))
    end = next(breaks, len(inlines))
    return trimmed(inlines[:end]), trimmed(inlines[end:])
