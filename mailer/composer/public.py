"""An issue as its public page has it: without what is meant for one audience."""

from __future__ import annotations

from dataclasses import replace

from mailer.composer.tree import margins
from mailer.model.content import Audience, Blocks
from mailer.model.issue import Issue, Item, Section


def public(issue: Issue) -> Issue:
    """The issue itself where nothing in it is meant for one audience."""
    if not any(isinstance(block, Audience) for blocks in margins(issue) for block in blocks):
        return issue
    return replace(
        issue,
        intro=_for_all(issue.intro),
        entries=tuple(map(_entry, issue.entries)),
        sign_off=_for_all(issue.sign_off),
    )


def _entry(entry: Section | Item) -> Section | Item:
    if isinstance(entry, Item):
        return _item(entry)
    items = tuple(map(_item, entry.items))
    return replace(entry, lead_in=_for_all(entry.lead_in), items=items)


def _item(item: Item) -> Item:
    return replace(item, body=_for_all(item.body))


def _for_all(blocks: Blocks) -> Blocks:
    return tuple(block for block in blocks if not isinstance(block, Audience))
