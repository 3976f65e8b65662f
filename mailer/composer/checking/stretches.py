"""An issue cut at its headings, for rules that look at one item at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailer.composer.tree import blocks_in, runs_in
from mailer.model.content import Block, Blocks, Footnote, Inlines
from mailer.model.issue import Issue, Item, Section


@dataclass(frozen=True, slots=True)
class Stretch:
    """What stands below one heading, footnotes last; below none in the intro and the sign-off.
    `level` is that of the subheadings in it, as the theme sets them."""

    headed: Section | Item | None
    blocks: Blocks
    level: int


def stretches(issue: Issue) -> Iterator[Stretch]:
    """In reading order."""
    yield Stretch(None, issue.intro, 2)
    for entry in issue.entries:
        if isinstance(entry, Item):
            yield _of_item(entry, 3)
            continue
        yield Stretch(entry, _with_notes(entry.lead_in, entry.footnotes), 3)
        for item in entry.items:
            yield _of_item(item, 4)
    yield Stretch(None, _with_notes(issue.sign_off, issue.footnotes), 2)


def runs(issue: Issue, but: tuple[type[Block], ...] = ()) -> Iterator[tuple[Inlines, int]]:
    """Every run of inlines of the issue, in reading order, with the line on which it begins; not
    those of blocks of the kinds in `but`."""
    for stretch in stretches(issue):
        if stretch.headed:
            yield stretch.headed.heading, stretch.headed.line
        if isinstance(stretch.headed, Item):
            for part in stretch.headed.link_line:
                yield part.content, part.line
        for block in blocks_in(stretch.blocks, but):
            for inlines in runs_in(block):
                yield inlines, block.line


def _of_item(item: Item, level: int) -> Stretch:
    return Stretch(item, _with_notes(item.body, item.footnotes), level)


def _with_notes(blocks: Blocks, footnotes: tuple[Footnote, ...]) -> Blocks:
    return (*blocks, *(block for note in footnotes for block in note.children))
