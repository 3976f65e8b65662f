"""Elements of a page → blocks, in the order in which they are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from mailer.composer.tree import paragraph, plain, trimmed
from mailer.intake.reading.html import ours, tables, videos
from mailer.intake.reading.html.document import Element
from mailer.intake.reading.html.inlines import Inliner, merged
from mailer.intake.reading.structure.block import Block
from mailer.intake.reading.structure.passage import Mark, Passage
from mailer.model import content
from mailer.model.content import (
    BulletList,
    Callout,
    CalloutKind,
    CodeBlock,
    Divider,
    Figure,
    Hyperlink,
    Inline,
    Inlines,
    LineBreak,
    NumberedList,
    Paragraph,
    Picture,
    Quote,
    Styled,
    Text,
    Url,
)

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = frozenset(
    (
        *_HEADINGS,
        *[
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "center",
            "dd",
            "details",
            "div",
            "dl",
            "dt",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "header",
            "hr",
            "html",
            "iframe",
            "li",
            "main",
            "ol",
            "p",
            "pre",
            "section",
            "summary",
            "table",
            "tbody",
            "td",
            "tfoot",
            "th",
            "thead",
            "tr",
            "ul",
            "video",
            "embed",
        ],
    )
)
_INNER = 4  # the level of a heading inside an item
_LANGUAGE = re.compile(r"(?:language|lang|highlight-source|brush)[-:\s]+([\w+#-]+)")


class BlockReader:
    """Reads the content of one element."""

    def __init__(self, inliner: Inliner) -> None:
        self._inliner = inliner

    def read(self, element: Element) -> Iterator[Block]:
        """What is inside an element: runs of inlines between the blocks are paragraphs."""
        run: list[Inline] = [*self._inliner.text(element.text)]
        for child in element:
            if isinstance(child.tag, str) and _has_blocks(child):
                yield from _paragraphs(run)
                run = []
                yield from self._block(child)
            else:
                run += self._inliner.inline(child)
            run += self._inliner.text(child.tail)
        yield from _paragraphs(run)

    def inside(self, element: Element) -> content.Blocks:
        """As it stands in a list, a quotation or a footnote."""
        return _pieces(self.read(element))

    def _block(self, element: Element) -> Iterator[Block]:
        kind = ours.callout_of(element)
        if kind:
            return self._callout(element, kind)
        return self._READERS.get(element.tag, BlockReader.read)(self, element)

    def _code(self, element: Element) -> Iterator[Block]:
        code = element.text_content().strip("\n")
        yield Block(Passage(code, Mark.CODE), (), CodeBlock(code, _language(element), 0))

    def _rule(self, element: Element) -> Iterator[Block]:
        mark = Mark.RULE if element.get(ours.SIGN_OFF) is None else Mark.END
        yield Block(Passage("", mark), (), Divider(0))

    def _table(self, element: Element) -> Iterator[Block]:
        if not tables.is_data(element):
            yield from self.read(element)
            return
        text = " ".join(element.text_content().split())
        yield Block(Passage(text, Mark.FIGURE), (), tables.read(element, self._inliner))

    def _term(self, element: Element) -> Iterator[Block]:
        inside = trimmed(self._inliner.inlines(element))
        return _paragraphs([Styled("strong", inside)] if inside else [])

    def _heading(self, element: Element) -> Iterator[Block]:
        inside = trimmed(_on_one_line(self._inliner.inlines(element)))
        pictures = tuple(inline for inline in inside if isinstance(inline, Picture))
        words = trimmed(tuple(inline for inline in inside if not isinstance(inline, Picture)))
        if pictures:
            yield from _paragraphs(list(pictures))
        if plain(words):
            depth, level = int(element.tag[1]), int(element.get(ours.LEVEL, 0))
            mark = Mark.INNER if level == _INNER else Mark.HEADING
            yield Block(Passage(plain(words), mark, depth=depth, level=level), _calm(words))

    def _list(self, element: Element) -> Iterator[Block]:
        items = [self.inside(item) for item in element.iterchildren("li")]
        kept = tuple(item for item in items if item)
        if not kept:
            yield from self.read(element)
            return
        texts = (" ".join(item.text_content().split()) for item in element.iterchildren("li"))
        passage = Passage("\n".join(text for text in texts if text), Mark.BULLET)
        start = element.get("start", "1")
        if element.tag == "ul":
            yield Block(passage, (), BulletList(kept, 0))
        else:
            first = int(start) if start.isdecimal() and len(start) < 10 else 1
            yield Block(passage, (), NumberedList(kept, first, 0))

    def _quote(self, element: Element) -> Iterator[Block]:
        inside = self.inside(element)
        if inside:
            text = " ".join(element.text_content().split())
            yield Block(Passage(text, Mark.QUOTE), (), Quote(inside, 0))

    def _callout(self, element: Element, kind: str) -> Iterator[Block]:
        head = ours.callout_title(element)
        title = trimmed(self._inliner.inlines(head)) if head is not None else ()
        text = " ".join(element.text_content().split())
        callout = Callout(CalloutKind(kind), title, self.inside(element), 0)
        yield Block(Passage(text, Mark.QUOTE), (), callout)

    def _video(self, element: Element) -> Iterator[Block]:
        where = self._inliner.address(videos.address(element))
        if where:
            label = videos.title(element) or where
            yield from _paragraphs([Hyperlink(Url((where,)), (Text(label),), "", 0)])

    def _figure(self, element: Element) -> Iterator[Block]:
        """Its only picture has the caption; what else it holds is read as it stands."""
        caption = element.find(".//figcaption")
        pictures = [p for img in element.iter("img") for p in self._inliner.picture(img)]
        if caption is None or len(pictures) != 1 or any(True for _ in element.iter("table", "pre")):
            yield from self.read(element)
            return
        words = trimmed(self._inliner.inlines(caption))
        picture, link = pictures[0], _link_around(element, self._inliner)
        if not isinstance(picture, Picture):
            return
        if _is_plain(words):
            titled = Picture(picture.source, picture.alt, plain(words), 0)
            yield _figure(((titled, link),), f"{picture.alt} {plain(words)}")
        else:  # a link in a caption is worth more than its place
            yield _figure(((picture, link),), picture.alt)
            yield from _paragraphs(list(words))

    _READERS: Mapping[str, Callable[[BlockReader, Element], Iterator[Block]]] = {
        **dict.fromkeys(_HEADINGS, _heading),
        **dict.fromkeys(("ul", "ol"), _list),
        **dict.fromkeys(("iframe", "video", "embed"), _video),
        "blockquote": _quote,
        "pre": _code,
        "hr": _rule,
        "figure": _figure,
        "table": _table,
        "dt": _term,
    }


def _link_around(element: Element, inliner: Inliner) -> Url | None:
    for img in element.iter("img"):
        anchor = img.getparent()
        while anchor is not None and anchor is not element and anchor.tag != "a":
            anchor = anchor.getparent()
        if anchor is not None and anchor.tag == "a":
            address = inliner.address(anchor.get("href") or "")
            is_itself = re.search(r"\.(?:png|jpe?g|gif|webp|avif)(?:\?|$)", address, re.IGNORECASE)
            return Url((address,)) if address and not is_itself else None
    return None


def _is_plain(inlines: Inlines) -> bool:
    return all(isinstance(inline, Text | LineBreak) for inline in inlines) and bool(inlines)


def _has_blocks(element: Element) -> bool:
    return element.tag in _BLOCKS or any(True for _ in element.iter(*_BLOCKS))


def _language(element: Element) -> str:
    for each in (element, *element.iter("code")):
        if found := _LANGUAGE.search(f"{each.get('class', '')} {each.get('data-lang', '')}"):
            return found[1].lower()
    return ""


def _figure(pictures: tuple[tuple[Picture, Url | None], ...], text: str) -> Block:
    return Block(Passage(text, Mark.FIGURE), (), Figure(pictures, 0))


def _pieces(blocks: Iterator[Block]) -> content.Blocks:
    """As they stand inside a list or a quotation, where a heading is but a bold line."""
    found: list[content.Block] = []
    for block in blocks:
        if block.piece is not None:
            found.append(block.piece)  # type: ignore[arg-type]  # a block of the model
        elif block.passage.mark is Mark.HEADING:
            found.append(Paragraph((Styled("strong", block.inlines),), 0))
        else:
            found.append(Paragraph(block.inlines, 0))
    return tuple(found)


def _paragraphs(run: list[Inline]) -> Iterator[Block]:
    """Two breaks after each other part paragraphs, in old mails."""
    part: list[Inline] = []
    for inline in (*merged(run), LineBreak(True), LineBreak(True)):
        if isinstance(inline, LineBreak) and part and isinstance(part[-1], LineBreak):
            yield from _paragraph(trimmed(tuple(part)))
            part = []
        elif not (isinstance(inline, LineBreak) and not part):
            part.append(inline)
    yield from _paragraph(trimmed(tuple(part)))


def _paragraph(inside: Inlines) -> Iterator[Block]:
    block = paragraph(inside, 0)
    if isinstance(block, Figure):
        yield _figure(block.pictures, plain(inside))
    elif block is not None and (plain(inside) or _pictures_in(inside)):
        yield Block(Passage(plain(inside)), inside)


def _pictures_in(inside: Inlines) -> bool:
    return any(isinstance(inline, Picture) for inline in inside)


def _on_one_line(inlines: Inlines) -> Inlines:
    return tuple(Text(" ") if isinstance(i, LineBreak) else i for i in inlines)


def _calm(inlines: Inlines) -> Inlines:
    """Without bold around the whole, which a heading is anyway."""
    if len(inlines) == 1 and isinstance(inlines[0], Styled) and inlines[0].style == "strong":
        return inlines[0].children
    return inlines
