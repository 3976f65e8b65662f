"""Headings: each says something, none says it twice, no level is skipped."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.composer.checking.context import CheckContext
from mailer.composer.checking.stretches import Stretch, stretches
from mailer.composer.report import Report
from mailer.composer.tree import blocks_in, paragraph
from mailer.model.content import Figure, Inlines, RawBlock, Subheading
from mailer.model.issue import Issue

_RAW_HEADING = re.compile(r"<h4[\s>]", re.IGNORECASE)
_RAW_LEVEL = 4  # the only one that raw HTML keeps


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    if not issue.entries:
        report.add("no-items", 0, "the issue has no items", "begin one with a ## heading")
    _check_same(issue, report)
    for stretch in stretches(issue):
        _check_levels(stretch, report)
        for heading, line in _headings(stretch):
            if isinstance(paragraph(heading, line), Figure):
                message = "this heading is nothing but a picture"
                mend = "write its words, and put the picture below it"
                report.add("heading-picture", line, message, mend)


def _check_same(issue: Issue, report: Report) -> None:
    seen: dict[str, int] = {}
    for headed in issue.headed():
        first = seen.setdefault(headed.title.casefold(), headed.line)
        if first != headed.line:
            message, mend = f"the same heading as on line {first}", "tell the two apart"
            report.add("heading-duplicate", headed.line, message, mend)


def _headings(stretch: Stretch) -> Iterator[tuple[Inlines, int]]:
    if stretch.headed:
        yield stretch.headed.heading, stretch.headed.line
    for block in blocks_in(stretch.blocks):
        if isinstance(block, Subheading):
            yield block.children, block.line


def _check_levels(stretch: Stretch, report: Report) -> None:
    above = stretch.level - 1
    for block in blocks_in(stretch.blocks):
        if isinstance(block, Subheading):
            above = stretch.level
        elif isinstance(block, RawBlock) and _RAW_HEADING.search(block.html):
            if above < _RAW_LEVEL - 1:
                message = f"<h4> skips a level: the heading above it is of level {above}"
                report.add("heading-raw", block.line, message, "write #### instead")
            above = _RAW_LEVEL
