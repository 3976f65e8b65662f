"""Writing the pages of a list, the many of a long one by two processes at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from subscribers.exporting.member import Page, members
from subscribers.exporting.writing import Lines, tables
from subscribers.hand import Act
from subscribers.teamwork import shared

ALONE = 4  # pages before a second process is worth its start

Written = tuple[int, Sequence[Lines]]  # how many people a page has; for each table its lines


def written(form: str, attributes: Sequence[str], pages: Iterable[Page]) -> Iterator[Written]:
    """What comes of each page, in order."""
    for _, lines in shared(pages, lambda page: page, ALONE, _scribe, form, attributes):
        yield lines


def _scribe(form: str, attributes: Sequence[str]) -> Act:
    files = tables(form, attributes)

    def write(page: Page) -> Written:
        people = members(page)
        return len(people), [table.lines(people) for table in files]

    return write
