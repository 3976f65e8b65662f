"""Where links lead from a mail, and what their addresses carry along."""

from __future__ import annotations

from mailer.composer.checking import tracking
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
            _check_tracking(link, report)


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


def _check_tracking(link: Hyperlink, report: Report) -> None:
    found = tracking.parameters(link.url.text)
    if found:
        message = f"{link.url.text} tells others who came by this link ({', '.join(found)})"
        mend = f"write {tracking.without(link.url.text)}"
        report.add("link-tracking", link.line, message, mend)
