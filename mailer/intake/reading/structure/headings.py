"""Which blocks of a source are headings. A pure decision.

A heading is told by what stands below it, a link line best of all; by its shape, since a title is
short and does not end as a sentence does; and by its neighbours, since it begins something.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mailer.composer.parsing.roles import named
from mailer.intake.reading.structure.block import Block
from mailer.intake.reading.structure.passage import Mark
from mailer.intake.reading.structure.shape import Ending

_LIST = 3  # as many short passages after each other are a list
_MARKED = 2  # as many headings that the source marks tell that it marks all
_HABIT = 3  # as many headings of a kind are the habit of a house
_LEAD_IN = 2  # passages between a section's heading and its first item
_SHORT = 5  # words of a heading that only groups others
_LONGEST_NAME = 8
_TITLES, _MOST = 4, 0.7  # as many titles in title case, of all, are the style of a house


@dataclass(frozen=True, slots=True)
class House:
    """What its link lines tell of how a digest is laid out: how many stand right below a title, how
    many at the end of what they are about. `lang` is that of the text."""

    leading: int
    closing: int
    lang: str = ""

    @property
    def leads(self) -> bool:
        return self.leading >= _HABIT and self.leading > self.closing

    @property
    def closes(self) -> bool:
        return self.closing >= _HABIT and self.closing > self.leading


def house_of(blocks: Sequence[Block], lang: str) -> House:
    places = [place for place, block in enumerate(blocks) if block.links and place]
    leading = sum(blocks[place - 1].could_be_title for place in places)
    return House(leading, len(places) - leading, lang)


def with_labels(blocks: Sequence[Block], house: House) -> list[Block]:
    """In a house with link lines, `Paper` alone is one where they stand."""
    found: list[Block] = []
    for place, block in enumerate(blocks):
        above = found[-1] if found else None
        below = blocks[place + 1] if place + 1 < len(blocks) else None
        led = house.leads and above and above.could_be_title and below and below.is_text
        closed = house.closes and above and above.is_text
        is_label = named(block.passage.text) is not None and block.shape.length <= 3
        found.append(replace(block, is_label=bool(is_label and (led or closed))))
    return found


def headings(blocks: Sequence[Block], house: House) -> set[int]:
    """The places of the headings among the blocks of an issue, its title aside."""
    marked = {i for i, block in enumerate(blocks) if block.passage.mark is Mark.HEADING}
    sure = marked | {i for i in range(len(blocks)) if _is_vouched_for(blocks, i, house)}
    if len(marked) >= _MARKED and len(sure - marked) < _HABIT:
        return sure
    listed = set(_in_lists(blocks, sure))
    labels = _labels(blocks)
    shaped = {
        place
        for place, block in enumerate(blocks)
        if block.looks_like_title
        and place not in listed
        and block.shape.text.casefold() not in labels
        and _begins_something(blocks, place)
    }
    if house.leads:
        names = _names_begin_with_capitals(house)
        shaped = {place for place in shaped if _stands_out(blocks, place, sure, names)}
    return sure | _in_style(blocks, sure | shaped, sure)


def _names_begin_with_capitals(house: House) -> bool:
    """In German every noun does, and says nothing."""
    return not house.lang.startswith("de")


def _in_style(blocks: Sequence[Block], places: set[int], sure: set[int]) -> set[int]:
    """Where a house writes Its Titles Like This, a line that is not written so is none."""
    several = [place for place in places if blocks[place].shape.length > 1]
    titled = sum(blocks[place].shape.is_title_case for place in several)
    if titled < _TITLES or titled < _MOST * len(several):
        return places
    return {
        place
        for place in places
        if place in sure
        or blocks[place].is_styled
        or blocks[place].shape.length == 1
        or blocks[place].shape.is_title_case
    }


def _is_vouched_for(blocks: Sequence[Block], place: int, house: House) -> bool:
    if house.closes:
        above = place and blocks[place - 1].links
        return bool(above) and blocks[place].could_be_title and _begins_something(blocks, place)
    return _is_above_link_line(blocks, place)


def _stands_out(blocks: Sequence[Block], place: int, sure: set[int], names: bool) -> bool:
    """Whether a title without a link line is one, where most titles have one: it groups those that
    follow, or has the look of a name."""
    block, shape = blocks[place], blocks[place].shape
    if block.is_styled or shape.is_title_case or block.passage.mark is Mark.HEADING:
        return True
    if shape.is_statement:
        return False
    following = min((other for other in sure if other > place), default=len(blocks))
    groups = following < len(blocks) and following - place - 1 <= _LEAD_IN
    if groups and shape.length <= _SHORT:
        return True
    is_name = shape.has_strange_name or shape.has_article or (names and shape.has_name)
    return shape.length <= (_LONGEST_NAME if is_name else _SHORT)


def _is_above_link_line(blocks: Sequence[Block], index: int) -> bool:
    """Whether it is the title over a link line, with at most a caption in between."""
    if not blocks[index].could_be_title:
        return False
    below = index + 1
    if below + 1 < len(blocks) and blocks[below].shape.is_caption and not blocks[below].links:
        below += 1
    return (
        below < len(blocks)
        and blocks[below].links is not None
        and blocks[below].passage.mark in (Mark.NONE, Mark.BULLET)
    )


def _labels(blocks: Sequence[Block]) -> set[str]:
    """What is said again and again, such as `Why it matters`: a label inside items."""
    counts = Counter(block.shape.text.casefold() for block in blocks if block.could_be_title)
    return {text for text, count in counts.items() if count > 1}


def _in_lists(blocks: Sequence[Block], sure: set[int]) -> Iterator[int]:
    """Short passages one below the other: a list whose marks were lost, not titles over nothing."""
    for run in _runs(blocks):
        first = run[0]
        introduced = first > 0 and blocks[first - 1].shape.ending is Ending.COLON
        ends_above_title = run[-1] in sure
        own = run[:-1] if ends_above_title else run
        if introduced and own:
            yield from _listed_after_colon(blocks, own, ends_above_title)
        elif len(own) >= _LIST:
            yield from _loose_list(blocks, own, ends_above_title)


def _listed_after_colon(
    blocks: Sequence[Block], run: Sequence[int], ends_above_title: bool
) -> Iterator[int]:
    """The last of several is the next heading where it alone has the look of one."""
    *others, last = run
    has_text = last + 1 < len(blocks) and blocks[last + 1].is_body
    differs = blocks[last].looks_like_title and not any(
        _look(blocks[other]) == _look(blocks[last]) for other in others
    )
    yield from others if others and has_text and differs and not ends_above_title else run


def _look(block: Block) -> tuple[bool, bool, int]:
    return block.is_styled, block.shape.is_title_case, block.passage.gap


def _loose_list(
    blocks: Sequence[Block], run: Sequence[int], ends_above_title: bool
) -> Iterator[int]:
    """Of a list without a lead, the last two may be a section and its first item; or the first is
    the name of the list."""
    if blocks[run[0]].shape.names_a_group:
        yield from run[1:]
    else:
        yield from run[: -1 if ends_above_title else -2]


def _runs(blocks: Sequence[Block]) -> Iterator[list[int]]:
    run: list[int] = []
    for index, block in enumerate(blocks):
        leads = block.shape.ending is Ending.COLON
        if block.could_be_title and block.passage.mark is not Mark.HEADING and not leads:
            run.append(index)
            continue
        if run:
            yield run
        run = []
    if run:
        yield run


def _begins_something(blocks: Sequence[Block], place: int) -> bool:
    """Whether text follows, or another title, and what stands above has come to its end."""
    if place + 1 >= len(blocks):
        return False
    below, above = blocks[place + 1], blocks[place - 1] if place else None
    is_named_below = below.passage.mark is Mark.NONE and below.shape.is_attribution
    if below.passage.mark is Mark.RULE or is_named_below:
        return False
    if above is None or above.passage.mark not in (Mark.NONE, Mark.NUMBER):
        return True
    leads = above.shape.ending is Ending.COLON and not above.looks_like_title
    return not leads or (above.shape.is_short and blocks[place].is_styled)
