"""The outline of an issue: every section and item with its place in the file and on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailer.model.issue import Issue, Item, Section


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the outline, `depth` 1 inside a section."""

    title: str
    anchor: str
    line: int
    depth: int


def outline(issue: Issue) -> Iterator[Entry]:
    for entry in issue.entries:
        yield _entry(entry, 0)
        if isinstance(entry, Section):
            yield from (_entry(item, 1) for item in entry.items)


def _entry(headed: Item | Section, depth: int) -> Entry:
    return Entry(headed.title, headed.anchor, headed.line, depth)
