"""The size of the HTML, which Gmail limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailer.composer.checking.budget import Share, shares, weight, weight_of_lines
from mailer.composer.checking.context import CheckContext
from mailer.composer.report import Report
from mailer.model.content import Block, Continuation
from mailer.model.edition import HTML_OCTETS
from mailer.model.issue import Issue, Item, Section

NEAR = 90_000
_MOST_CUTS = 3  # more are no issue any more, but a table of contents
_CUT_LINK = 300  # bytes that a cut-off adds


@dataclass(frozen=True, slots=True)
class Cut:
    """A place in an item's text before which `::: more` would save `saved` bytes."""

    item: Item
    line: int
    saved: int


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    size = sum(len(part.encode()) for part in context.html if isinstance(part, str))
    if size < NEAR:
        return
    found = shares(issue, context.html)
    limit = HTML_OCTETS if size >= HTML_OCTETS else NEAR
    crossing = _crossing(found, limit)
    line = crossing.line if crossing else 0
    where = f"in {crossing.title!r}" if crossing else "before the first item"
    if size < HTML_OCTETS:
        message = f"the HTML has {size:,} bytes, near Gmail's limit: {where} it passes {NEAR:,}"
        report.add("html-size-near", line, message, f"keep it below {HTML_OCTETS:,}")
        return
    message = (
        f"the HTML has {size:,} bytes: Gmail shows about 102,000 and hides the rest, the "
        f"unsubscribe link too; {where} it passes {HTML_OCTETS:,}"
    )
    report.add("html-size", line, message, _mend(found, size))


def _crossing(found: Sequence[Share], limit: int) -> Section | Item | None:
    """The last whose heading begins within `limit` bytes."""
    within = [share.headed for share in found if share.start < limit]
    return within[-1] if within else None


def _mend(found: Sequence[Share], size: int) -> str:
    surplus = size - NEAR
    if chosen := cuts(found, surplus):
        where = ", ".join(f"line {cut.line} (in {cut.item.title!r})" for cut in chosen)
        return f"shorten it by {surplus:,} bytes, or write ::: more before {where}"
    foot = size - found[-1].start - found[-1].size if found else 0
    over = [share.headed for share in found[1:] if share.start + share.size + foot > NEAR]
    second = f", the second from {over[0].title!r} (line {over[0].line}) on" if over else ""
    return f"shorten it by {surplus:,} bytes, or make two issues of it{second}"


def cuts(found: Sequence[Share], surplus: int) -> list[Cut]:
    """The fewest places to cut that save `surplus` bytes; none where a few are not enough."""
    chosen: list[Cut] = []
    largest_first = sorted(found, key=lambda share: share.size, reverse=True)
    cuttable = [places for share in largest_first if (places := list(_places(share)))]
    for places in cuttable[:_MOST_CUTS]:
        left = surplus - sum(cut.saved for cut in chosen)
        enough = [place for place in places if place.saved >= left]
        if enough:  # the last of them leaves the most to read
            return [*chosen, enough[-1]]
        chosen.append(places[0])
    return []


def _places(share: Share) -> Iterator[Cut]:
    """Every place in an item's text where it may be cut, the first block always shown; none where
    it is cut already."""
    item = share.headed
    if not isinstance(item, Item) or any(isinstance(b, Continuation) for b in item.body):
        return
    weights = [weight((block,)) for block in item.body]
    whole = weight_of_lines(item) + sum(weights) + weight(_notes(item))
    for index, block in enumerate(item.body[1:], 1):
        saved = share.size * sum(weights[index:]) // whole - _CUT_LINK
        if saved > 0:
            yield Cut(item, block.line, saved)


def _notes(item: Item) -> list[Block]:
    return [block for note in item.footnotes for block in note.children]
