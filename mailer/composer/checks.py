"""The checks of an issue beyond its format: pictures, links, headings, subject, address, size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from mailer.composer.report import Report
from mailer.composer.tree import inlines_of
from mailer.model.content import Hyperlink, Picture
from mailer.model.edition import PictureFile
from mailer.model.finding import Finding
from mailer.model.issue import Issue, Item, Section
from mailer.model.slot import Slotted, fill

_SUBJECT_OCTETS = 998  # RFC 5322 §2.1.1, the longest line of a message
_SUBJECT_CHARACTERS = 120
_GMAIL_BYTES = 100_000  # Gmail clips a message at about 102 KB of HTML
_NEAR_BYTES = 90_000


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What is known beside the issue. `pictures` and `missing` (with the reason) go by the source
    that the issue names; `html` is the HTML part of the message, empty before composing."""

    file: str
    pictures: Mapping[str, PictureFile]
    missing: Mapping[str, str]
    has_address: bool
    html: Slotted = ()


def check(issue: Issue, context: CheckContext) -> tuple[Finding, ...]:
    """Every finding about the issue, in the order of the file."""
    report = Report(context.file)
    for rule in _RULES:
        rule(issue, context, report)
    return report.findings()


def _pictures(issue: Issue, context: CheckContext, report: Report) -> None:
    for picture in inlines_of(issue):
        if not isinstance(picture, Picture):
            continue
        reason = _missing(picture.source, context)
        if reason:
            report.error("picture-missing", picture.line, f"{picture.source}: {reason}")
        if not picture.alt:
            message = f"{picture.source}: no text for who cannot see it: write ![what it shows](…)"
            report.warning("picture-alt", picture.line, message)


def _missing(source: str, context: CheckContext) -> str | None:
    if source in context.missing:
        return context.missing[source]
    is_remote = source.startswith(("https://", "http://"))
    if source in context.pictures or is_remote:
        return None
    return "no such picture beside the issue or in the publication's folder"


def _links(issue: Issue, context: CheckContext, report: Report) -> None:
    anchors = {f"#{headed.anchor}" for headed in _headed(issue)}
    for link in inlines_of(issue):
        if isinstance(link, Hyperlink) and link.url.parts and link.url.text not in anchors:
            _link(link, report)


def _headed(issue: Issue) -> Iterator[Section | Item]:
    """Every section and item in reading order."""
    for entry in issue.entries:
        yield entry
        yield from entry.items if isinstance(entry, Section) else ()


def _link(link: Hyperlink, report: Report) -> None:
    target = link.url.text
    scheme = target.partition(":")[0].lower() if ":" in target else ""
    if scheme == "http":
        message = f"{target} is not encrypted: write https:// if the site has it"
        report.warning("link-http", link.line, message)
    elif target.startswith("#"):
        message = f"{target} leads to no heading of this issue: mend it, or give an https address"
        report.error("link-anchor", link.line, message)
    elif scheme not in ("https", "mailto"):
        message = f"{target} leads nowhere from a mail: give a whole https:// or mailto: address"
        report.error("link-scheme", link.line, message)


def _headings(issue: Issue, context: CheckContext, report: Report) -> None:
    seen: dict[str, int] = {}
    for headed in _headed(issue):
        first = seen.setdefault(headed.title.casefold(), headed.line)
        if first != headed.line:
            message = f"the same heading as on line {first}: tell the two apart"
            report.warning("heading-duplicate", headed.line, message)


def _same_links(issue: Issue, context: CheckContext, report: Report) -> None:
    seen: dict[str, int] = {}
    for item in issue.items():
        if not item.links or not item.links[0].url.parts:
            continue
        target, line = item.links[0].url.text, item.links[0].line
        first = seen.setdefault(target, line)
        if first != line:
            message = f"the first link of the item on line {first} leads to {target} too: right?"
            report.warning("link-duplicate", line, message)


def _items(issue: Issue, context: CheckContext, report: Report) -> None:
    if not any(True for _ in issue.items()):
        report.warning("no-items", 0, "the issue has no items: begin one with a ## heading")


def _subject(issue: Issue, context: CheckContext, report: Report) -> None:
    subject = fill(issue.subject, {})
    octets = len(subject.encode())
    if not subject.strip():
        report.error("subject-empty", 0, "the subject is empty: write subject: … or title: …")
    elif octets > _SUBJECT_OCTETS:
        message = f"the subject has {octets} octets: a mail allows {_SUBJECT_OCTETS}, shorten it"
        report.error("subject-long", 0, message)
    elif len(subject) > _SUBJECT_CHARACTERS:
        message = f"the subject has {len(subject)} characters and will be cut: shorten it"
        report.warning("subject-long", 0, message)


def _address(issue: Issue, context: CheckContext, report: Report) -> None:
    if not context.has_address:
        message = (
            "a newsletter must by law show a postal address: "
            "write it as [publication] address in mailer.toml"
        )
        report.error("postal-address", 0, message)


def _size(issue: Issue, context: CheckContext, report: Report) -> None:
    html = "".join(part for part in context.html if isinstance(part, str))
    size = len(html.encode())
    if size >= _GMAIL_BYTES:
        line, where = _crossing(issue, html, _GMAIL_BYTES)
        message = (
            f"the HTML has {size:,} bytes: Gmail shows about 102,000 and hides the rest, the "
            f"unsubscribe link too; {where} it passes {_GMAIL_BYTES:,}: shorten the issue below it"
        )
        report.error("html-size", line, message)
    elif size >= _NEAR_BYTES:
        line, where = _crossing(issue, html, _NEAR_BYTES)
        message = (
            f"the HTML has {size:,} bytes, near Gmail's limit ({where} it passes "
            f"{_NEAR_BYTES:,}): an error from {_GMAIL_BYTES:,}"
        )
        report.warning("html-size", line, message)


def _crossing(issue: Issue, html: str, limit: int) -> tuple[int, str]:
    """Line and name of the last item or section whose heading begins within `limit` bytes."""
    shown = html.encode()[:limit].decode(errors="ignore")
    within = [headed for headed in _headed(issue) if f' id="{headed.anchor}"' in shown]
    if not within:
        return 0, "before the first item"
    return within[-1].line, f"in {within[-1].title!r}"


_RULES: tuple[Callable[[Issue, CheckContext, Report], None], ...] = (
    _pictures,
    _links,
    _headings,
    _same_links,
    _items,
    _subject,
    _address,
    _size,
)
