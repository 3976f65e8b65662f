"""What ran before: links of earlier issues, and headings like theirs."""

from __future__ import annotations

from collections import defaultdict

from mailer.composer.canonical import followed
from mailer.composer.checking.context import CheckContext
from mailer.composer.past import Ran, Told, are_near, squeezed, told_in
from mailer.composer.report import Report
from mailer.model.issue import Issue

_REGULAR = 3  # issues with the same heading: it is a column of the publication


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    headings = _headings(context.past.items)
    for told in told_in(issue):
        known = _check_links(told, context, report)
        _check_heading(told, headings, known, report)


def _check_links(told: Told, context: CheckContext, report: Report) -> set[str]:
    """The issues that had a link of this item; of each, the first such link is told."""
    known: set[str] = set()
    for mention in told.telling:
        earlier = context.past.links.get(followed(mention.name, context.past.moved), ())
        for ran in earlier:
            if ran.issue_id not in known:
                known.add(ran.issue_id)
                mend = "say what is new about it, or drop it"
                report.add("link-repeat", mention.line, f"{mention.url} ran {ran}", mend)
    return known


def _headings(items: tuple[Ran, ...]) -> dict[str, list[Ran]]:
    """By their letters, without those that come again and again."""
    found: defaultdict[str, list[Ran]] = defaultdict(list)
    for ran in items:
        found[squeezed(ran.item)].append(ran)
    return {
        letters: each
        for letters, each in found.items()
        if len({ran.issue_id for ran in each}) < _REGULAR
    }


def _check_heading(
    told: Told, headings: dict[str, list[Ran]], known: set[str], report: Report
) -> None:
    own = squeezed(told.title)
    for letters, earlier in headings.items():
        if not are_near(own, letters):
            continue
        for ran in earlier:
            if ran.issue_id not in known:
                known.add(ran.issue_id)
                message, mend = f"{told.title!r} may have run {ran}", "make sure that it is another"
                report.add("heading-repeat", told.line, message, mend)
