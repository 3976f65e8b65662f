"""An issue file → an Issue and the findings about its format. Text in, value out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailer.composer.parsing import frontmatter, markdown
from mailer.composer.parsing.blocks import BlockReader
from mailer.composer.parsing.characters import cleaned, normalised
from mailer.composer.parsing.footnotes import Footnotes
from mailer.composer.parsing.frontmatter import Defaults, FrontMatter
from mailer.composer.parsing.linkline import LinkLines
from mailer.composer.parsing.outline import Outline, OutlineReader
from mailer.composer.parsing.scope import Scope
from mailer.composer.parsing.slots import Slots
from mailer.composer.report import Report
from mailer.model.finding import Allowance, Finding
from mailer.model.issue import Issue

__all__ = ["Defaults", "Parsed", "parse"]


@dataclass(frozen=True, slots=True)
class Parsed:
    """`issue` is None only where the front matter cannot be read at all; `lines` are those of
    its keys."""

    issue: Issue | None
    findings: tuple[Finding, ...]
    allowances: tuple[Allowance, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)


def parse(source: str, file: str, defaults: Defaults) -> Parsed:
    """Read the text of an issue file; `file` names it in the findings. Never raises."""
    report, slots = Report(file), Slots()
    divided = frontmatter.divide(cleaned(normalised(source), report, 1), report)
    front = None
    if divided.front is not None:
        front = frontmatter.read(divided.front, defaults, slots, report)
    lang = front.lang if front else defaults.lang
    outline = _outline(divided, LinkLines(lang, defaults.lead_words, report), slots, report)
    if front is None:
        return Parsed(None, report.findings())
    return Parsed(_issue(front, outline), report.findings(), front.allowances, front.lines)


def _outline(
    divided: frontmatter.Divided, link_lines: LinkLines, slots: Slots, report: Report
) -> Outline:
    document = markdown.read(slots.hide(divided.body))
    if document.cut is not None:
        message = "lists and quotes inside each other go too deep, so what is inside is left out"
        line, mend = divided.line + document.cut, "write it with fewer levels"
        report.add("nested-too-deep", line, message, mend)
    footnotes = Footnotes(document, divided.line)
    blocks = BlockReader(divided.line, Scope(report, slots, footnotes))
    outline = OutlineReader(blocks, link_lines, report).read(document.blocks)
    footnotes.report_unused(report)
    return outline


def _issue(front: FrontMatter, outline: Outline) -> Issue:
    return Issue(
        id=front.id,
        title=front.title,
        number=front.number,
        date=front.date,
        subject=front.subject,
        preheader=front.preheader,
        lang=front.lang,
        theme=front.theme,
        intro=outline.intro,
        entries=outline.entries,
        sign_off=outline.sign_off,
        footnotes=outline.footnotes,
    )
