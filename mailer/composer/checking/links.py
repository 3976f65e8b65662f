"""Where links lead from a mail."""

from __future__ import annotations

from mailer.composer.checking.context import CheckContext
from mailer.composer.report import Report
from mailer.composer.tree import inlines_of
from mailer.model.content import Hyperlink
from mailer.model.issue import Issue


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    anchors = {f"#{headed.anchor}" for headed in issue.headed()}
    for link in inlines_of(issue):
        if isinstance(link, Hyperlink) and link.url.parts and link.url.text not in anchors:
            _check_target(link, report)
    _check_same(issue, report)


def _check_target(link: Hyperlink, report: Report) -> None:
    target = link.url.text
    scheme = target.partition(":")[0].lower() if ":" in target else ""
    if scheme == "http":
        mend = "write https:// if the site has it"
        report.add("link-http", link.line, f"{target} is not encrypted", mend)
    elif target.startswith("#"):
        message, mend = f"{target} leads to no heading of this issue", "mend it, or write https://…"
        report.add("link-anchor", link.line, message, mend)
    elif scheme not in ("https", "mailto"):
        mend = "give a whole https:// or mailto: address"
        report.add("link-scheme", link.line, f"{target} leads nowhere from a mail", mend)


def _check_same(issue: Issue, report: Report) -> None:
    """A link line that was copied, and its target not changed."""
    seen: dict[str, int] = {}
    for item in issue.items():
        if not item.links or not item.links[0].url.parts:
            continue
        target, line = item.links[0].url.text, item.links[0].line
        first = seen.setdefault(target, line)
        if first != line:
            message = f"the first link of the item on line {first} leads to {target} too"
            report.add("link-duplicate", line, message, "mend the one that is wrong")
