"""The content tree as HTML: inlines here, typed and escaped; blocks by the theme's macros.

Every piece is Markup, so whatever was not escaped on purpose is escaped by Jinja.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from mailer.composer import sanitiser
from mailer.composer.html.code import highlighted
from mailer.composer.html.pictures import Pictures, PictureView
from mailer.composer.html.words import breakable, phrase, plain
from mailer.model.audience import closing, opening
from mailer.model.content import (
    Audience,
    Block,
    Blocks,
    BulletList,
    Callout,
    CodeBlock,
    CodeSpan,
    Continuation,
    Divider,
    Figure,
    Footnote,
    FootnoteReference,
    Formula,
    Hyperlink,
    Inline,
    Inlines,
    LineBreak,
    More,
    NumberedList,
    Paragraph,
    Picture,
    Quote,
    RawBlock,
    RawInline,
    Styled,
    Subheading,
    Table,
    Text,
    Url,
    Video,
)
from mailer.model.issue import Item, Part, Role
from mailer.model.slot import Slot, SlotKind

SlotWriter = Callable[[Slot, SlotKind], str]
_SAFE_TARGET = re.compile(r"https?://|mailto:|#", re.IGNORECASE)
_HOST = re.compile(r"https?://(?:www\.)?([^/?#]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FootnoteView:
    number: int
    html: Markup


class Renderer:
    """Renders the content of one issue once. `macros` are those of the theme's layers.

    `here` comes before the `#` of a link into the issue: nothing on its page; the address of that
    page in a message, since half of the main clients do nothing with such a link, or worse.
    """

    def __init__(
        self,
        macros: Any,
        slot: SlotWriter,
        pictures: Pictures,
        strings: Mapping[str, str],
        here: str = "",
    ) -> None:
        self.macros = macros
        self.pictures = pictures
        self.here = here
        self._slot = slot
        self._strings = strings
        self._referred: set[int] = set()

    # --- inlines

    def inlines(self, children: Inlines) -> Markup:
        """Inlines as one piece; the editor's own HTML among them is cleaned as one."""
        return _joined(children, self._inline)

    def _inline(self, inline: Inline) -> Markup | str:
        """Markup of ours, or the editor's own HTML as a plain string, still to be cleaned."""
        match inline:
            case Text(text=text):
                return breakable(text)
            case CodeSpan(code=code):
                return self._macro("code_span", breakable(code))
            case Formula():
                return self._formula(inline)
            case LineBreak(hard=hard):
                return Markup("<br>\n") if hard else Markup("\n")
            case Styled(style=style):
                return Markup("<{0}>{1}</{0}>").format(style, self.inlines(inline.children))
            case Hyperlink():
                return self._hyperlink(inline)
            case Picture():
                return self._macro("inline_picture", self._picture(inline))
            case FootnoteReference(number=number):
                return self._reference(number)
            case RawInline(html=html):
                return html
        return self.slot(inline)

    def slot(self, slot: Slot) -> Markup:
        return Markup(self._slot(slot, SlotKind.HTML))  # noqa: S704 - its writer escapes

    def target(self, url: Url) -> Markup | None:
        """The value of an href; None where the target is not one that mail may link to."""
        first = url.parts[0] if url.parts else ""
        if not (isinstance(first, str) and _SAFE_TARGET.match(first)):
            return None
        target = Markup("").join(
            escape(part) if isinstance(part, str) else Markup(self._slot(part, SlotKind.URL))  # noqa: S704 - its writer escapes
            for part in url.parts
        )
        return escape(self.here) + target if first.startswith("#") else target

    def attribute(self, children: Inlines) -> Markup:
        """The inlines as the value of an attribute."""
        pieces = (self.slot(p) if isinstance(p, Slot) else escape(p) for p in plain(children))
        return Markup("").join(pieces)

    def _formula(self, formula: Formula) -> Markup:
        """Letters as TeX sets them; the source only where it says more than the text."""
        tags = {"italic": "<i>{}</i>", "bold": "<b>{}</b>", "upright": "{}"}
        runs = [Markup(tags[run.style]).format(run.text) for run in formula.runs]  # noqa: S704 - ours
        source = "" if formula.tex == " ".join(formula.text.split()) else formula.tex
        return self._macro("formula", Markup("").join(runs), source)

    def _hyperlink(self, link: Hyperlink) -> Markup:
        content = self.inlines(link.children)
        href = self.target(link.url)
        if href is None:
            return content
        title = Markup(' title="{}"').format(link.title) if link.title else ""
        return Markup('<a href="{}"{}>{}</a>').format(href, title, content)

    def _reference(self, number: int) -> Markup:
        first = number not in self._referred
        self._referred.add(number)
        return self._macro("footnote_reference", number, first)

    def _picture(self, picture: Picture, url: Url | None = None) -> PictureView:
        return self.pictures.view(picture, (self.target(url) if url else None) or "")

    # --- blocks

    def blocks(self, blocks: Blocks, level: int) -> Markup:
        """Blocks; their subheadings stand at heading level `level`."""
        return Markup("").join(self._block(block, level) for block in blocks)

    def footnotes(self, footnotes: tuple[Footnote, ...], level: int) -> Markup:
        if not footnotes:
            return Markup("")
        views = [FootnoteView(note.number, self._loose(note.children, level)) for note in footnotes]
        return self._macro("footnotes", views)

    def _block(self, block: Block, level: int) -> Markup:
        return self._BLOCKS[type(block)](self, block, level)

    def _paragraph(self, paragraph: Paragraph, level: int) -> Markup:
        match paragraph.children:
            case (Hyperlink(url=url, children=(Styled(style="strong"),) as words, title=""),):
                return self._button(url, words)
        return self._macro("paragraph", self.inlines(paragraph.children))

    def _button(self, url: Url, words: Inlines) -> Markup:
        href, html = self.target(url), self.inlines(words)
        return self._macro("button", href, html) if href else self._macro("paragraph", html)

    def _figure(self, figure: Figure, level: int) -> Markup:
        return self._macro("figure", [self._picture(*pair) for pair in figure.pictures])

    def _subheading(self, subheading: Subheading, level: int) -> Markup:
        return self._macro("subheading", self.inlines(subheading.children), level)

    def _bullets(self, bullets: BulletList, level: int) -> Markup:
        return self._macro("bullets", [self._loose(item, level) for item in bullets.items])

    def _numbers(self, numbers: NumberedList, level: int) -> Markup:
        items = [self._loose(item, level) for item in numbers.items]
        return self._macro("numbered", items, numbers.start)

    def _quote(self, quote: Quote, level: int) -> Markup:
        return self._macro("quotation", self.blocks(quote.children, level))

    def _callout(self, callout: Callout, level: int) -> Markup:
        title, html = self.inlines(callout.title), self.blocks(callout.children, level)
        return self._macro("callout", callout.kind.value, title, html)

    def _code(self, block: CodeBlock, level: int) -> Markup:
        return self._macro("code", highlighted(block.code.rstrip("\n"), block.language))

    def _divider(self, divider: Divider, level: int) -> Markup:
        return self._macro("divider")

    def _raw(self, block: RawBlock, level: int) -> Markup:
        return sanitiser.block(block.html)

    def _video(self, video: Video, level: int) -> Markup:
        """A link, below the still where there is one: no mail client plays a video."""
        href, host = self.target(video.url), _HOST.match(video.url.text)
        title = self.inlines(video.title)
        if not href or not host:
            return self._macro("paragraph", title)
        watch = phrase(self._strings["watch"], title=title, host=escape(host[1]))
        still = self._picture(video.still, video.url) if video.still else None
        return self._macro("video", watch, href, still)

    def _more(self, more: More, level: int) -> Markup:
        return self.blocks(more.children, level)

    def _continuation(self, block: Continuation, level: int) -> Markup:
        item = self.attribute(block.heading)
        return self._macro("continued", phrase(self._strings["continued"], item=item), block.anchor)

    def _audience(self, block: Audience, level: int) -> Markup:
        """Between two fences, which are no elements, so that nothing is left where it is not."""
        begin, end = opening(block.segment), closing(block.segment)
        inside = self.blocks(block.children, level)
        return self._fence(begin) + inside + self._fence(end)

    def _fence(self, fence: Slot) -> Markup:
        return Markup(self._slot(fence, fence.kind))  # noqa: S704 - a word of its writer

    def _loose(self, blocks: Blocks, level: int) -> Markup:
        """Blocks, but one paragraph alone goes without the margins of a paragraph."""
        if len(blocks) == 1 and isinstance(blocks[0], Paragraph):
            return self.inlines(blocks[0].children)
        return self.blocks(blocks, level)

    def _table(self, table: Table, level: int) -> Markup:
        header = [self.inlines(cell) for cell in table.header]
        rows = [[self.inlines(cell) for cell in row] for row in table.rows]
        return self._macro("table", header, rows, table.aligns)

    _BLOCKS: Mapping[type[Block], Callable[..., Markup]] = {
        Paragraph: _paragraph,
        Figure: _figure,
        Video: _video,
        Subheading: _subheading,
        BulletList: _bullets,
        NumberedList: _numbers,
        Quote: _quote,
        Callout: _callout,
        CodeBlock: _code,
        Table: _table,
        Divider: _divider,
        RawBlock: _raw,
        More: _more,
        Continuation: _continuation,
        Audience: _audience,
    }

    def _macro(self, name: str, *arguments: object) -> Markup:
        html: Markup = getattr(self.macros, name)(*arguments)
        return html

    # --- link lines

    def link_line(self, item: Item) -> list[Markup]:
        """The parts of an item's link line. A link's accessible name names the item as well."""
        return [self._part(part, item) for part in item.link_line]

    def _part(self, part: Part, item: Item) -> Markup:
        roles = {link.url: link.role for link in part.links}

        def rendered(child: Inline) -> Markup | str:
            if isinstance(child, Hyperlink):
                return self._link(child, roles.get(child.url), item)
            return self._inline(child)

        return _joined(part.content, rendered)

    def _link(self, child: Hyperlink, role: Role | None, item: Item) -> Markup:
        content = self.inlines(child.children)
        href = self.target(child.url)
        if href is None:
            return content
        name = phrase(
            self._strings["item_link"],
            link=self.attribute(child.children),
            item=self.attribute(item.heading),
        )
        return self._macro("link", href, content, name, role.value if role else "")


def _joined(children: Inlines, render: Callable[[Inline], Markup | str]) -> Markup:
    pieces = [render(child) for child in children]
    if all(isinstance(piece, Markup) for piece in pieces):
        return Markup("").join(pieces)
    return sanitiser.joined(pieces)
