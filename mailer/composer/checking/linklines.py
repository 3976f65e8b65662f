"""Link lines: each link of its own role and target, and an item like its neighbours."""

from __future__ import annotations

from mailer.composer.checking.context import CheckContext
from mailer.composer.report import Report
from mailer.model.issue import Issue, Item, Link, Role

_FEWEST_ITEMS = 4  # below that, no habit shows
_MOST = 0.75  # of the items have a link line: then it is a habit


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    items = list(issue.items())
    _check_missing(items, report)
    _check_copied(items, report)
    for item in items:
        _check_twice(item, report)
        for link in item.links:
            _check_role(link, report)


def _check_missing(items: list[Item], report: Report) -> None:
    having = sum(bool(item.link_line) for item in items)
    if len(items) < _FEWEST_ITEMS or having < _MOST * len(items):
        return
    for item in items:
        if not item.link_line:
            message = f"{item.title!r} has no link line, as most items have"
            mend = "begin it with one, or say there why there is nothing to link"
            report.add("link-line-missing", item.line, message, mend)


def _check_role(link: Link, report: Report) -> None:
    if link.role is None and link.url.parts:
        message = f"neither {link.label!r} nor its address tells what it leads to"
        mend = f"name it in the label: {', '.join(Role)}"
        report.add("link-role", link.line, message, mend)


def _check_twice(item: Item, report: Report) -> None:
    seen: dict[str, str] = {}
    for link in item.links:
        first = seen.get(link.url.text)
        if first is not None:
            message = f"{first!r} and {link.label!r} lead to the same page"
            report.add("link-twice", link.line, message, "mend one, or remove it")
        elif link.url.parts:
            seen[link.url.text] = link.label


def _check_copied(items: list[Item], report: Report) -> None:
    """A link line that was copied, and its target not changed."""
    seen: dict[str, int] = {}
    for item in items:
        if not item.links or not item.links[0].url.parts:
            continue
        target, line = item.links[0].url.text, item.links[0].line
        first = seen.setdefault(target, line)
        if first != line:
            message = f"the first link of the item on line {first} leads to {target} too"
            report.add("link-duplicate", line, message, "mend the one that is wrong")
