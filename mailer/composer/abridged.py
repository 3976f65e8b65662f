"""An issue as a mail has it: what an editor cut off stands on its page alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from mailer.composer.tree import inlines_in, inlines_of
from mailer.model.content import Block, Continuation, Footnote, FootnoteReference, Inline, More
from mailer.model.issue import Issue, Item, Section


def abridged(issue: Issue) -> Issue:
    """With a link to the page in place of each cut-off, and without the footnotes to which nothing
    that is left refers."""
    if not any(map(_is_cut, issue.items())):
        return issue
    notes = [note for item in issue.items() if _is_cut(item) for note in item.footnotes]
    wanted = _wanted(_cut(issue, lambda note: False), notes)
    return _cut(issue, lambda note: note.number in wanted)


def _is_cut(item: Item) -> bool:
    return any(isinstance(block, More) for block in item.body)


def _cut(issue: Issue, keeps: Callable[[Footnote], bool]) -> Issue:
    """Each item with a cut-off without it, with the footnotes that are to be kept."""

    def cut(item: Item) -> Item:
        if not _is_cut(item):
            return item
        body, notes = map(_continued, item.body), filter(keeps, item.footnotes)
        return replace(item, body=tuple(body), footnotes=tuple(notes))

    entries = (
        replace(entry, items=tuple(map(cut, entry.items)))
        if isinstance(entry, Section)
        else cut(entry)
        for entry in issue.entries
    )
    return replace(issue, entries=tuple(entries))


def _continued(block: Block) -> Block:
    return (
        Continuation(block.heading, block.anchor, block.line) if isinstance(block, More) else block
    )


def _wanted(issue: Issue, notes: Sequence[Footnote]) -> set[int]:
    """The numbers of the footnotes to which the issue refers, or one of these notes that it
    needs."""
    wanted = _references(inlines_of(issue))
    waiting = [note for note in notes if note.number in wanted]
    while waiting:
        more = _references(inlines_in(waiting.pop().children)) - wanted
        wanted |= more
        waiting += [note for note in notes if note.number in more]
    return wanted


def _references(inlines: Iterable[Inline]) -> set[int]:
    return {inline.number for inline in inlines if isinstance(inline, FootnoteReference)}
