"""What became of an issue once it was read, where that is counted: which items and which kinds of
links were followed, how often it was opened."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from mailer.composer.parsing.roles import role_of
from mailer.ledger import counting
from mailer.ledger.counting import Clicks, Count

IN_TEXT = "in the text"  # stands for an item where a link is in none's link line
OTHER = "other"
# The accessible name of an item's link names both; see `item_link` in the themes' strings.
_NAMED = re.compile(r"(?P<link>.+?)\s*[:：]\s*(?P<item>.+)", re.DOTALL)
_NONE = Count(0, 0)


@dataclass(frozen=True, slots=True)
class Followed:
    """How often the links of an item, or those of a role, were followed."""

    name: str
    count: Count


@dataclass(frozen=True, slots=True)
class Attention:
    """The most followed first. `unopened` copies of those sent were not seen to be opened by
    anybody: that many at least have readers who are silent, or who load no pictures; None where
    openings were not counted."""

    items: tuple[Followed, ...]
    roles: tuple[Followed, ...]
    opens: Count
    unopened: int | None

    @property
    def clicks(self) -> Count:
        return _sum(each.count for each in self.items)


def attention(c: sa.Connection, dispatch_id: int, sent: int) -> Attention | None:
    """To one dispatch; None where nothing of it was counted."""
    clicks, opens = counting.clicks(c, dispatch_id), counting.opens(c, dispatch_id)
    if not clicks and opens == _NONE:
        return None
    counted = opens != _NONE
    return Attention(
        _followed(clicks, _item),
        _followed(clicks, _role),
        opens,
        max(0, sent - opens.people - opens.robots) if counted else None,
    )


def _followed(clicks: Iterable[Clicks], name: Callable[[Clicks], str]) -> tuple[Followed, ...]:
    by_name: dict[str, list[Count]] = {}
    for each in clicks:
        by_name.setdefault(name(each), []).append(each.count)
    found = [Followed(name, _sum(counts)) for name, counts in by_name.items()]
    return tuple(sorted(found, key=lambda each: (-each.count.people, -each.count.robots)))


def _item(clicks: Clicks) -> str:
    named = _NAMED.fullmatch(clicks.label)
    return named["item"] if named else IN_TEXT


def _role(clicks: Clicks) -> str:
    named = _NAMED.fullmatch(clicks.label)
    role = role_of(named["link"] if named else "", clicks.url)
    return role.value if role else OTHER


def _sum(counts: Iterable[Count]) -> Count:
    every = list(counts)
    return Count(sum(each.people for each in every), sum(each.robots for each in every))
