"""The blocks of a source, whatever it was → the manuscript of an issue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailer.errors import SourceError
from mailer.intake.reading.furniture import furniture
from mailer.intake.reading.language import language_of
from mailer.intake.reading.manuscript import Heading, Manuscript, Piece, Remark, SignOff
from mailer.intake.reading.structure.block import Block
from mailer.intake.reading.structure.farewell import farewell, without_names
from mailer.intake.reading.structure.headings import House, headings, house_of, with_labels
from mailer.intake.reading.structure.levels import levels
from mailer.intake.reading.structure.opening import NOTHING, Known, calm, contents, opening
from mailer.intake.reading.structure.passage import Mark
from mailer.model.content import Footnote, Paragraph, Subheading

_MOST, _LONGEST = 5_000, 1_000_000  # blocks and characters; an issue file is 2 MB at most
_OPEN_END = (
    "Nothing in the source tells for sure where the section “{title}” ends. An item above that "
    "does not belong to it needs ## in place of ###."
)


@dataclass(frozen=True, slots=True)
class Source:
    """What is `known` of a source besides its blocks. `lang` is empty where nobody said it."""

    known: Known = NOTHING
    lang: str = ""
    left_out: tuple[str, ...] = ()
    notes: tuple[Footnote, ...] = ()


def arranged(blocks: Sequence[Block], source: Source) -> Manuscript:
    """Every block is in the pieces or in what was left out. Raises SourceError for what is longer
    than any issue."""
    if len(blocks) > _MOST or sum(len(block.passage.text) for block in blocks) > _LONGEST:
        raise SourceError(f"has over {_MOST:,} paragraphs or {_LONGEST:,} characters: cut it first")
    around = furniture([block.passage.whole for block in blocks])
    left_out = [blocks[place].passage.whole for place in sorted(around)]
    kept = [block for place, block in enumerate(blocks) if place not in around]
    begun = opening(kept, source.known)
    kept = list(begun.rest)
    kept = _with_subtitle(kept)
    listed = contents(kept)
    left_out += [*begun.left_out, *(kept[place].passage.whole for place in listed)]
    plain = [block for place, block in enumerate(kept) if place not in listed]
    lang = source.lang or language_of("\n".join(block.passage.text for block in blocks))
    house = house_of(plain, lang)
    pieces = tuple(_pieces(with_labels(plain, house), house))
    told = begun.known
    return Manuscript(
        *(told.title, told.date, told.number, lang, pieces),
        left_out=(*source.left_out, *left_out),
        notes=source.notes,
    )


def _with_subtitle(blocks: list[Block]) -> list[Block]:
    """Right below the title, a heading that ranks lower than the next is a subtitle."""
    if not blocks or blocks[0].passage.mark is not Mark.HEADING or blocks[0].passage.level:
        return blocks
    later = (b.passage.depth for b in blocks[1:] if b.passage.mark is Mark.HEADING)
    is_subtitle = blocks[0].passage.depth > next(later, 9)
    return [calm(blocks[0]), *blocks[1:]] if is_subtitle else blocks


def _pieces(blocks: Sequence[Block], house: House) -> Iterator[Piece]:
    places = without_names(blocks, sorted(headings(blocks, house)))
    end = farewell(blocks, places[-1] + 1 if places else 0)
    told = levels(blocks, places)
    yield from _flow(blocks[: places[0] if places else end])
    section = -1
    for place, following in zip(places, (*places[1:], end), strict=False):
        if told.of[place] == 2:
            section = place
        yield Heading(blocks[place].inlines, told.of[place])
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
    if links:
        yield links
    yield from _flow([block for place, block in enumerate(blocks) if place != lines[0]])


def _is_its_own(blocks: Sequence[Block], place: int) -> bool:
    """Whether a link line is that of the item: at its beginning, or at its end."""
    above = blocks[:place]
    begins = all(b.shape.is_caption or b.passage.mark is Mark.FIGURE for b in above)
    return begins or place == len(blocks) - 1


def _flow(blocks: Sequence[Block]) -> Iterator[Piece]:
    for block in blocks:
        if block.passage.mark is Mark.END:
            continue
        if block.piece:
            yield block.piece
        elif block.passage.mark in (Mark.HEADING, Mark.INNER):
            yield Subheading(block.inlines, 0)
        else:
            yield Paragraph(block.inlines, 0)
