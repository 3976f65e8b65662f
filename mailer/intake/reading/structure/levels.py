"""Which headings open a section, and which items stand in it. A pure decision.

A section has no link line; its items have. A title that is followed by another at once groups what
comes after it. Where a section ends is told by the next one, or by a lead-in that says how many
come.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from mailer.intake.reading.structure.block import Block
from mailer.intake.reading.structure.passage import Mark

_LEAD_IN = 2  # passages between a section's heading and its first item
_LEAD_IN_WORDS = 120
_FEW_WORDS = 30
_HABIT = 3  # link lines
# In the order of their values, from two on.
_COUNTS = (
    "two zwei deux dos два две",
    "three drei trois tres три",
    "four vier quatre cuatro четыре",
    "five fünf cinq cinco пять",
    "six sechs six seis шесть",
    "seven sieben sept siete семь",
    "eight acht huit ocho восемь",
    "nine neun neuf nueve девять",
)
_COUNT_OF = {word: count for count, words in enumerate(_COUNTS, 2) for word in words.split()}
_ONE, _AND = "one ein eine un une una один одна", "and und et y и"
_MORE_OF = _COUNT_OF | dict.fromkeys(_ONE.split(), 1)
_FIRST_WORDS = 3  # of a sentence, in which it says how many


@dataclass(frozen=True, slots=True)
class Levels:
    """`of` is the level of each heading: 2 or 3. `open_ends` are the sections of which nothing
    sure tells where they end."""

    of: Mapping[int, int]
    open_ends: frozenset[int]


def levels(blocks: Sequence[Block], places: Sequence[int]) -> Levels:
    """`places` are those of the headings, in order."""
    if places and all(blocks[place].passage.level for place in places):
        return Levels({place: blocks[place].passage.level for place in places}, frozenset())
    if places and all(blocks[place].passage.mark is Mark.HEADING for place in places):
        return _levels_by_mark(blocks, places)
    sections = _sections(blocks, places)
    of: dict[int, int] = {}
    inside: list[int] = []
    room = 0
    for place, following in pairwise((*places, len(blocks))):
        if place in sections:
            room, inside = _told_count(blocks[place + 1 : following]) or len(blocks), []
            of[place] = 2
        elif _belongs(blocks, place, inside, room):
            inside.append(place)
            of[place] = 3
        else:
            room, of[place] = 0, 2
    loose = any(of[place] == 2 and place not in sections for place in places)
    return Levels(of, frozenset(sections) if loose else frozenset())


def _belongs(blocks: Sequence[Block], place: int, inside: Sequence[int], room: int) -> bool:
    """Whether a heading is that of an item in the section, of which those `inside` are known and
    which has `room` for so many."""
    if len(inside) >= room or _is_named_as_group(blocks, place):
        return False
    linked = [has_link_line(blocks, other) for other in inside]
    return not linked or not all(linked) or has_link_line(blocks, place)


def _told_count(lead_in: Sequence[Block]) -> int:
    """How many items a lead-in announces: "Two releases of this month …", "Two launches and one
    retirement". 0 where it says none."""
    for block in lead_in:
        for sentence in re.split(r"[.!?:]\s+", block.passage.text.lower()):
            words = sentence.split()
            first = [_COUNT_OF[word] for word in words[:_FIRST_WORDS] if word in _COUNT_OF]
            if first:
                pairs = pairwise(words)
                added = (_MORE_OF.get(word, 0) for above, word in pairs if above in _AND.split())
                return first[0] + sum(added)
    return 0


def _levels_by_mark(blocks: Sequence[Block], places: Sequence[int]) -> Levels:
    """Of headings that the source itself ranks. What stands below an item is inside it."""
    ranks = sorted({blocks[place].passage.depth for place in places})
    of: dict[int, int] = {}
    inner = 4
    for index, place in enumerate(places):
        rank = ranks.index(blocks[place].passage.depth)
        if rank == 0 or not of:
            inner = 3 if _groups_below(blocks, places, index) else 4
        of[place] = 2 if rank == 0 or len(of) == 0 else max(inner, min(2 + rank, 4))
    return Levels(of, frozenset())


def _groups_below(blocks: Sequence[Block], places: Sequence[int], index: int) -> bool:
    """Whether the headings below one are items of their own, and not parts of one item."""
    place, depth = places[index], blocks[places[index]].passage.depth
    later = places[index + 1 :]
    below = list(takewhile(lambda other: blocks[other].passage.depth > depth, later))
    if not below or has_link_line(blocks, place):
        return False
    if any(has_link_line(blocks, other) for other in below):
        return True
    if any(has_link_line(blocks, other) for other in places):
        return False
    return len(below) > 1 and below[0] - place - 1 <= _LEAD_IN


def _sections(blocks: Sequence[Block], places: Sequence[int]) -> set[int]:
    found = {
        place
        for place, following in pairwise(places)
        if _is_section(blocks, place, following, places)
    }
    return found | _of_the_same_style(blocks, places, found)


def _is_section(blocks: Sequence[Block], place: int, following: int, places: Sequence[int]) -> bool:
    if has_link_line(blocks, place):
        return False
    if following == place + 1:
        return True
    between = [blocks[i].passage for i in range(place + 1, following)]
    words = sum(len(passage.text.split()) for passage in between)
    if len(between) > _LEAD_IN or words > _LEAD_IN_WORDS:
        return False
    if any(passage.mark not in (Mark.NONE,) for passage in between):
        return False
    linked = sum(has_link_line(blocks, other) for other in places)
    is_brief = len(between) == 1 and words <= _FEW_WORDS and linked >= _HABIT
    if (linked * 2 > len(places) or is_brief) and has_link_line(blocks, following):
        return True
    is_word = blocks[place].shape.length == 1 < blocks[following].shape.length
    if not linked and is_word and len(between) == 1 and words <= _FEW_WORDS:
        return True
    return _is_named_as_group(blocks, place)


def _is_named_as_group(blocks: Sequence[Block], place: int) -> bool:
    """Whether it is called as sections are, `Research` or `In brief`, and nothing is linked."""
    return blocks[place].shape.names_a_group and not has_link_line(blocks, place)


def has_link_line(blocks: Sequence[Block], place: int) -> bool:
    below = place + 1
    if below + 1 < len(blocks) and blocks[below].shape.is_caption and not blocks[below].links:
        below += 1
    return below < len(blocks) and blocks[below].links is not None


def _of_the_same_style(
    blocks: Sequence[Block], places: Sequence[int], sections: set[int]
) -> set[int]:
    """Where sections are set apart by capitals, a sign or a number, and items are not, so are those
    whose lead-in is long."""
    styles = {_style(blocks[place]) for place in sections}
    others = [place for place in places if place not in sections and place - 1 in sections]
    plain = {_style(blocks[place]) for place in others}
    if len(styles) != 1 or styles & plain or styles == {""}:
        return set()
    style = next(iter(styles))
    return {p for p in places if _style(blocks[p]) == style and not has_link_line(blocks, p)}


def _style(block: Block) -> str:
    if block.passage.mark is Mark.NUMBER:
        return "number"
    if block.shape.pictograph:
        return "sign"
    return "capitals" if block.shape.is_upper else ""
