"""HTML → the manuscript of an issue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mailer.composer.tree import plain
from mailer.intake.reading.dates import day_in, number_in
from mailer.intake.reading.html import document, head, ours
from mailer.intake.reading.html.blocks import BlockReader
from mailer.intake.reading.html.document import Element
from mailer.intake.reading.html.footnotes import footnotes
from mailer.intake.reading.html.head import Told
from mailer.intake.reading.html.hidden import is_personal, without_hidden
from mailer.intake.reading.html.inlines import Inliner
from mailer.intake.reading.html.main_content import main_content
from mailer.intake.reading.html.texts import texts
from mailer.intake.reading.manuscript import Manuscript
from mailer.intake.reading.structure.arranging import Source, arranged
from mailer.intake.reading.structure.block import Block
from mailer.intake.reading.structure.opening import NOTHING, Known
from mailer.intake.reading.structure.passage import Mark
from mailer.model.content import Footnote, Hyperlink, Inlines, Styled, Url

_LONGEST_DATE = 6  # words
Lines = tuple[str, ...]
_FEW = 2  # headings; a page with fewer has its titles in bold


@dataclass(frozen=True, slots=True)
class Setting:
    """Where the HTML comes from. `known` is believed, `title` only where the HTML has no heading
    for it. `is_whole`: all of it is the issue, as in a mail, a feed, an export; of a page only a
    part is."""

    base: str = ""
    lang: str = ""
    known: Known = NOTHING
    is_whole: bool = False
    title: str = ""


def read(text: str, setting: Setting) -> Manuscript:
    """Raises SourceError."""
    root = document.tree(text)
    told = head.told_by(root)
    lang = setting.lang or head.language(root)
    own = ours.sheet_of(root)
    hidden = without_hidden(root)
    main = own.element if own else root if setting.is_whole else main_content(root)
    around = () if own or main is root else _around(root, main)
    notes = footnotes(main)
    numbers = {name: number for number, name in enumerate(notes, 1)}
    anchors = own.anchors if own else frozenset[str]()
    reader = BlockReader(Inliner(_base(root, setting.base), numbers, anchors))
    blocks = _with_bold_titles(list(reader.read(main)))
    written = tuple(
        Footnote(numbers[name], reader.inside(element), 0) for name, element in notes.items()
    )
    above, below = (own.head, own.foot) if own else ((), ())
    known = _known(setting, told, above, around)
    personal = tuple(block.passage.text for block in blocks if _is_personal(block))
    kept = [block for block in blocks if not _is_personal(block)]
    return arranged(
        kept, Source(known, lang, (*above, *below, *hidden, *around, *personal), written)
    )


def _is_personal(block: Block) -> bool:
    """Whether it lets the one who got the mail leave."""
    return any(is_personal(url.text) for url in _urls(block.inlines))


def _urls(inlines: Inlines) -> Iterator[Url]:
    for inline in inlines:
        if isinstance(inline, Hyperlink):
            yield inline.url
        if isinstance(inline, Hyperlink | Styled):
            yield from _urls(inline.children)


def _known(setting: Setting, page: Told, head: Lines, around: Lines) -> Known:
    """What the head of a document of ours says, then what was said of the source, then the page,
    then a line beside its main content that is nothing but a day."""
    said = setting.known
    days = [*(day_in(line) for line in head), said.date, page.date, *map(_day_alone, around)]
    numbers = [*(number_in(line) for line in head), said.number, page.number]
    return Known(
        said.title or page.heading or setting.title or page.title,
        next(filter(None, days), None),
        next((number for number in numbers if number is not None), None),
    )


def _day_alone(line: str) -> dt.date | None:
    return day_in(line) if len(line.split()) <= _LONGEST_DATE else None


def _base(root: Element, base: str) -> str:
    declared = root.find(".//base")
    return (declared.get("href") or base) if declared is not None else base


def _around(root: Element, main: Element) -> tuple[str, ...]:
    """The texts of a page beside its main content."""
    return tuple(texts(_emptied(root, main)))


def _emptied(root: Element, main: Element) -> Element:
    parent = main.getparent()
    if parent is not None:
        if main.tail:
            before = main.getprevious()
            if before is None:
                parent.text = (parent.text or "") + main.tail
            else:
                before.tail = (before.tail or "") + main.tail
            main.tail = None
        parent.remove(main)
    return root


def _with_bold_titles(blocks: Sequence[Block]) -> list[Block]:
    """Where hardly any heading is one by its element, a short paragraph in bold is."""
    headings = [block for block in blocks if block.passage.mark is Mark.HEADING]
    if len(headings) >= _FEW:
        return list(blocks)
    return [_titled(block) if _is_bold_title(block) else block for block in blocks]


def _is_bold_title(block: Block) -> bool:
    inside = [i for i in block.inlines if plain((i,)).strip()]
    is_bold = bool(inside) and all(isinstance(i, Styled) and i.style == "strong" for i in inside)
    return is_bold and block.passage.mark is Mark.NONE and block.could_be_title


def _titled(block: Block) -> Block:
    inside = tuple(c for i in block.inlines if isinstance(i, Styled) for c in i.children)
    return replace(
        block, passage=replace(block.passage, mark=Mark.HEADING, depth=6), inlines=inside
    )
