"""The files of one issue in several languages: whether they have the same items and links."""

from __future__ import annotations

from collections.abc import Mapping

from mailer.composer.report import Report
from mailer.composer.tree import inlines_in
from mailer.model.content import Hyperlink
from mailer.model.counted import number
from mailer.model.finding import Finding
from mailer.model.issue import Issue, Item

_MOST = 3  # links that one finding names


def compare(issue: Issue, file: str, others: Mapping[str, Issue]) -> tuple[Finding, ...]:
    """What is amiss in `file` beside the same issue in other files, by their names."""
    report = Report(file)
    known: dict[str, str] = {}
    for name, other in others.items():
        _compare_items(issue, name, other, report)
        if other.lang in known:
            message = f"{known[other.lang]} and {name} are both this issue in {other.lang}"
            report.add("translation-twice", 0, message, "give one of them another lang or id")
        known[other.lang] = name
    return report.findings()


def _compare_items(issue: Issue, name: str, other: Issue, report: Report) -> None:
    ours, theirs = list(issue.items()), list(other.items())
    if len(ours) != len(theirs):
        line = ours[min(len(theirs), len(ours) - 1)].line if ours else 0
        message = f"this file has {number(len(ours), 'item')}, {name} has {len(theirs):,}"
        report.add("translation-items", line, message, "write the same items in each language")
        return
    for ours_, theirs_ in zip(ours, theirs, strict=True):
        _compare_links(ours_, name, theirs_, report)


def _compare_links(item: Item, name: str, other: Item, report: Report) -> None:
    ours = _targets(item)
    missing = [target for target in _targets(other) if target not in ours]
    if missing:
        named = ", ".join(missing[:_MOST]) + (" …" if missing[_MOST:] else "")
        message = f"{item.title!r} has no link to {named}, as {name} has"
        mend = "add it, or allow it where this language has another page"
        report.add("translation-links", item.line, message, mend)


def _targets(item: Item) -> list[str]:
    """Of the link line, of the text and its footnotes, each once; not those into the issue."""
    inside = (inline for part in item.link_line for inline in part.content)
    notes = (note.children for note in item.footnotes)
    blocks = (*item.body, *(block for children in notes for block in children))
    links = [i for i in (*inside, *inlines_in(blocks)) if isinstance(i, Hyperlink)]
    return list(dict.fromkeys(i.url.text for i in links if not i.url.text.startswith("#")))
