"""What earlier issues had: their items and links, as far as an issue is compared with them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from mailer.composer.canonical import canonical
from mailer.composer.parsing.roles import role_of
from mailer.composer.tree import inlines_in
from mailer.model.content import Hyperlink
from mailer.model.issue import Issue, Item, Role

_NEAR = 0.9  # of 1: how like two headings are that tell of one thing
_LONG = 8  # letters; shorter ones differ by what counts


@dataclass(frozen=True, slots=True)
class Mention:
    """A link of an item. `name` is its canonical form; `listed` where it stands in the link
    line."""

    name: str
    url: str
    role: Role | None
    line: int
    listed: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What an issue tells of: an item, its link line first."""

    title: str
    line: int
    mentions: tuple[Mention, ...]

    @property
    def telling(self) -> tuple[Mention, ...]:
        """The links that say what it is about: those of the link line, or else all."""
        return tuple(m for m in self.mentions if m.listed) or self.mentions


@dataclass(frozen=True, slots=True)
class Ran:
    """An item of an earlier issue."""

    issue_id: str
    date: dt.date | None
    item: str

    def __str__(self) -> str:
        when = f"{self.date:%B %Y}" if self.date else f"issue {self.issue_id}"
        return f"in {when}, item {self.item!r}"


@dataclass(frozen=True, slots=True)
class Past:
    """`links` go by canonical form; `items` are all that ran. `moved` are canonical forms and those
    to which they lead now."""

    links: Mapping[str, tuple[Ran, ...]] = field(default_factory=dict)
    items: tuple[Ran, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)


def told_in(issue: Issue) -> tuple[Told, ...]:
    return tuple(
        Told(item.title, item.line, tuple(dict.fromkeys(_mentions(item)))) for item in issue.items()
    )


def _mentions(item: Item) -> Iterator[Mention]:
    for link in item.links:
        if name := canonical(link.url.text):
            yield Mention(name, link.url.text, link.role, link.line, listed=True)
    notes = (inline for note in item.footnotes for inline in inlines_in(note.children))
    for inline in (*inlines_in(item.body), *notes):
        if isinstance(inline, Hyperlink) and (name := canonical(inline.url.text)):
            url = inline.url.text
            yield Mention(name, url, role_of("", url), inline.line, listed=False)


def squeezed(heading: str) -> str:
    """A heading's letters and digits alone: `ruGPT-3` and `RuGPT 3` are one."""
    folded = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(character for character in folded if character.isalnum())


def are_near(one: str, other: str) -> bool:
    """Whether two headings, squeezed, tell of one thing. Their digits must agree: GPT-2 is not
    GPT-3."""
    if one == other:
        return bool(one)
    shorter, longer = sorted((len(one), len(other)))
    if shorter < _LONG or 2 * shorter < _NEAR * (shorter + longer):
        return False  # as the ratio could not be reached
    if _digits(one) != _digits(other):
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() >= _NEAR and matcher.ratio() >= _NEAR


def _digits(text: str) -> list[str]:
    return re.findall(r"\d+", text)
