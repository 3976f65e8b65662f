"""Plain text, copied from a page or out of a mail → the manuscript of an issue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailer.intake.reading.furniture import furniture
from mailer.intake.reading.language import language_of
from mailer.intake.reading.linkline import with_addresses
from mailer.intake.reading.manuscript import (
    Heading,
    Manuscript,
    Piece,
    Remark,
    SignOff,
)
from mailer.intake.reading.text.farewell import farewell
from mailer.intake.reading.text.headings import Block, House, headings, house_of, with_labels
from mailer.intake.reading.text.levels import levels
from mailer.intake.reading.text.lines import lines_of
from mailer.intake.reading.text.opening import contents, opening
from mailer.intake.reading.text.passages import Mark, Passage, passages_of
from mailer.model.content import (
    BulletList,
    CodeBlock,
    Divider,
    NumberedList,
    Paragraph,
    Quote,
)

_OPEN_END = (
    "Nothing in the source tells where the section “{title}” ends. Items below it that stand by "
    "themselves need ## in place of ###, and a place before the section or behind the next rule."
)


def read(text: str, lang: str = "") -> Manuscript:
    """Every sentence of the text is in the pieces or in what was left out. Never raises."""
    passages = passages_of(lines_of(text))
    around = furniture([passage.whole for passage in passages])
    left_out = [passages[place].whole for place in sorted(around)]
    kept = [passage for place, passage in enumerate(passages) if place not in around]
    begun = opening(kept)
    kept = kept[begun.length :]
    listed = contents(kept)
    left_out += [*begun.left_out, *(kept[place].whole for place in listed)]
    plain = [Block(passage) for place, passage in enumerate(kept) if place not in listed]
    house = house_of(plain)
    pieces = tuple(_pieces(with_labels(plain, house), house))
    return Manuscript(
        begun.title, begun.date, begun.number, lang or language_of(text), pieces, tuple(left_out)
    )


def _pieces(blocks: Sequence[Block], house: House) -> Iterator[Piece]:
    places = sorted(headings(blocks, house))
    end = farewell(blocks, places[-1] + 1 if places else 0)
    places = [place for place in places if place < end]
    told = levels(blocks, places)
    yield from _flow(blocks[: places[0] if places else end])
    section = -1
    for place, following in zip(places, [*places[1:], end], strict=True):
        if told.of[place] == 2:
            section = place
        yield Heading(with_addresses(blocks[place].passage.whole), told.of[place])
        yield from _body(blocks[place + 1 : following])
        if section in told.open_ends and (following == end or told.of[following] == 2):
            yield Remark(_OPEN_END.format(title=blocks[section].passage.text))
    if end < len(blocks):
        yield SignOff()
        yield from _flow(blocks[end:])


def _body(blocks: Sequence[Block]) -> Iterator[Piece]:
    """What stands below a heading: its link line first, wherever the source has it."""
    lines = [place for place, block in enumerate(blocks) if block.links]
    if not lines or not _is_its_own(blocks, lines[0]):
        yield from _flow(blocks)
        return
    links = blocks[lines[0]].links
    assert links is not None
    yield links
    yield from _flow([block for place, block in enumerate(blocks) if place != lines[0]])


def _is_its_own(blocks: Sequence[Block], place: int) -> bool:
    """Whether a link line is that of the item: at its beginning, or at its end."""
    above = blocks[:place]
    return all(block.shape.is_caption for block in above) or place == len(blocks) - 1


def _flow(blocks: Sequence[Block]) -> Iterator[Piece]:
    place = 0
    while place < len(blocks):
        passage = blocks[place].passage
        end = place + 1
        while end < len(blocks) and _goes_on(passage, blocks[end].passage):
            end += 1
        yield from _written([block.passage for block in blocks[place:end]])
        place = end


def _goes_on(first: Passage, other: Passage) -> bool:
    """Whether two are one list or quotation."""
    return first.mark is other.mark and first.mark in (Mark.BULLET, Mark.NUMBER, Mark.QUOTE)


def _written(run: Sequence[Passage]) -> Iterator[Piece]:
    paragraphs = [_paragraph(passage.text) for passage in run]
    first = run[0]
    match first.mark:
        case Mark.BULLET if len(run) > 1 or first.lead not in "—–~":
            yield BulletList(tuple((p,) for p in paragraphs), 0)
        case Mark.NUMBER if _is_counted(run):
            start = int("".join(sign for sign in first.lead if sign.isdecimal()))
            yield NumberedList(tuple((p,) for p in paragraphs), start, 0)
        case Mark.QUOTE:
            yield Quote(tuple(paragraphs), 0)
        case Mark.CODE:
            yield CodeBlock(first.text, "", 0)
        case Mark.RULE:
            yield Divider(0)
        case _:
            yield from (_paragraph(passage.whole) for passage in run)


def _is_counted(run: Sequence[Passage]) -> bool:
    numbers = [sign for passage in run for sign in ["".join(filter(str.isdecimal, passage.lead))]]
    if len(run) < 2 or not all(numbers):
        return False
    return all(int(b) == int(a) + 1 for a, b in zip(numbers, numbers[1:], strict=False))


def _paragraph(text: str) -> Paragraph:
    return Paragraph(with_addresses(text), 0)
