"""The link line of an item: `Availability: [project page](…) / closed API, waiting list`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mailer.composer import tree
from mailer.composer.parsing import videos
from mailer.composer.parsing.roles import named, role_of
from mailer.composer.report import Report
from mailer.composer.tree import plain, trimmed
from mailer.model.content import (
    Blocks,
    Hyperlink,
    Inline,
    Inlines,
    LineBreak,
    Paragraph,
    Styled,
    Text,
)
from mailer.model.issue import Link, Part, Role

LEAD_WORDS: Mapping[str, tuple[str, ...]] = {
    "en": ("Availability", "Accessibility", "Available", "Access", "Links", "Resources"),
    "de": ("Verfügbarkeit", "Verfügbar", "Zugang", "Zugänglichkeit", "Links", "Quellen"),
    "fr": ("Disponibilité", "Disponible", "Accès", "Accessibilité", "Liens", "Ressources"),
    "es": ("Disponibilidad", "Disponible", "Acceso", "Accesibilidad", "Enlaces", "Recursos"),
    "ru": ("Доступность", "Доступно", "Доступ", "Ссылки", "Материалы"),
    "ar": ("التوفر", "الإتاحة", "متاح", "الوصول", "الروابط", "روابط", "المصادر"),
    "zh": ("可用性", "获取方式", "获取", "访问方式", "链接", "资源", "可用", "連結", "資源"),
}
_FALLBACK = "en"
_MARKS = ("/", "·")  # the second separates only where the first does not


def lead_word(lang: str, more: tuple[str, ...]) -> str:
    """The word with which a house begins its link lines: its own, else the language's first."""
    return more[0] if more else _words(lang)[0]


def _words(lang: str) -> tuple[str, ...]:
    return LEAD_WORDS.get(lang.partition("-")[0], LEAD_WORDS[_FALLBACK])


@dataclass(frozen=True, slots=True)
class Taken:
    """An item's link line, if it has one, and the blocks without it."""

    found: bool
    parts: tuple[Part, ...]
    blocks: Blocks


class LinkLines:
    """Finds link lines in issues of one language."""

    def __init__(self, lang: str, more: Iterable[str], report: Report) -> None:
        words = (*_words(lang), *more)
        choice = "|".join(re.escape(word.strip()) for word in words if word.strip())
        self._lead = re.compile(rf"\s*(?:{choice})\s*[:\uff1a]\s*", re.IGNORECASE)
        self._report = report

    def take(self, blocks: Blocks) -> Taken:
        """The link line that begins the first paragraph; a figure is no paragraph."""
        for index, block in enumerate(blocks):
            if isinstance(block, Paragraph):
                return self._split(blocks, index, block)
        return Taken(False, (), blocks)

    def _split(self, blocks: Blocks, index: int, paragraph: Paragraph) -> Taken:
        leaves = tuple(_leaves(paragraph.children))
        lead = self._lead.match(_leading_text(leaves))
        if not lead:
            return Taken(False, (), blocks)
        end = next((i for i, leaf in enumerate(leaves) if leaf.is_break), len(leaves))
        line = _without_text(leaves[:end], lead.end())
        parts = tuple(self._parts(line, paragraph.line))
        if not parts:
            mend = "write [label](https://…) on the same line"
            message = "this link line names nothing"
            self._report.add("link-line-empty", paragraph.line, message, mend)
            return Taken(False, (), blocks)
        below = tree.paragraph(trimmed(_tree(leaves[end + 1 :])), paragraph.line + 1)
        rest = videos.read(below, self._report)
        after = (rest,) if rest else ()
        return Taken(True, parts, (*blocks[:index], *after, *blocks[index + 1 :]))

    def _parts(self, line: tuple[_Leaf, ...], number: int) -> Iterator[Part]:
        for leaves in _separated(line):
            content = _tree(_stripped(leaves))
            if not content:
                continue
            links = tuple(_links(leaf.inline for leaf in leaves))
            if not links:
                self._report_role(plain(content), number)
            yield Part(content, links, number)

    def _report_role(self, text: str, line: int) -> None:
        """A waiting list without a link is an editor's note; a project page is a slip."""
        if named(text) not in (None, Role.ACCESS):
            mend = f"write [{text}](https://…), or say why there is none"
            self._report.add("link-line-text", line, f"{text!r} has no target", mend)


@dataclass(frozen=True, slots=True)
class _Leaf:
    """An inline with the styles around it, the outermost first."""

    inline: Inline
    styles: tuple[Styled, ...] = ()

    @property
    def is_break(self) -> bool:
        return isinstance(self.inline, LineBreak)


def _leaves(inlines: Inlines, styles: tuple[Styled, ...] = ()) -> Iterator[_Leaf]:
    for inline in inlines:
        if isinstance(inline, Styled):
            yield from _leaves(inline.children, (*styles, inline))
        else:
            yield _Leaf(inline, styles)


def _tree(leaves: Iterable[_Leaf], depth: int = 0) -> Inlines:
    """The inlines of some leaves, each style put around its own again."""
    grown: list[Inline] = []
    inside: list[_Leaf] = []

    def close() -> None:
        if inside:
            style = inside[0].styles[depth].style
            grown.append(Styled(style, _tree(inside, depth + 1)))
            inside.clear()

    for leaf in leaves:
        style = leaf.styles[depth] if len(leaf.styles) > depth else None
        if inside and inside[0].styles[depth] is not style:
            close()
        if style is None:
            grown.append(leaf.inline)
        else:
            inside.append(leaf)
    close()
    return tuple(grown)


def _leading_text(leaves: tuple[_Leaf, ...]) -> str:
    text = ""
    for leaf in leaves:
        if not isinstance(leaf.inline, Text):
            break
        text += leaf.inline.text
    return text


def _without_text(leaves: tuple[_Leaf, ...], length: int) -> tuple[_Leaf, ...]:
    """Without the first `length` characters, all of them in texts."""
    kept: list[_Leaf] = []
    for leaf in leaves:
        if isinstance(leaf.inline, Text) and length:
            text = leaf.inline.text[length:]
            length -= len(leaf.inline.text) - len(text)
            kept += [_Leaf(Text(text), leaf.styles)] if text else []
        else:
            kept.append(leaf)
    return tuple(kept)


def _stripped(leaves: tuple[_Leaf, ...]) -> tuple[_Leaf, ...]:
    """Without white space at both ends, inside a style too."""
    for end, strip in ((0, str.lstrip), (-1, str.rstrip)):
        while leaves and isinstance(text := leaves[end].inline, Text):
            leaf = _Leaf(Text(strip(text.text)), leaves[end].styles)
            others = leaves[1:] if end == 0 else leaves[:-1]
            if leaf.inline != Text(""):
                leaves = (leaf, *others) if end == 0 else (*others, leaf)
                break
            leaves = others
    return leaves


def _separated(leaves: tuple[_Leaf, ...]) -> list[tuple[_Leaf, ...]]:
    for mark in _MARKS:
        pieces = _cut(leaves, mark)
        if len(pieces) > 1:
            return pieces
    return [leaves]


def _cut(leaves: tuple[_Leaf, ...], mark: str) -> list[tuple[_Leaf, ...]]:
    """Cut at every mark that stands between links or spaces, or at an end of the line."""
    pieces: list[list[_Leaf]] = [[]]
    for index, leaf in enumerate(leaves):
        if not isinstance(leaf.inline, Text):
            pieces[-1].append(leaf)
            continue
        opens = _is_edge(leaves[index - 1]) if index else True
        closes = _is_edge(leaves[index + 1]) if index + 1 < len(leaves) else True
        first, *others = _cut_text(leaf.inline.text, mark, opens, closes)
        pieces[-1].append(_Leaf(Text(first), leaf.styles))
        pieces += [[_Leaf(Text(text), leaf.styles)] for text in others]
    return [tuple(leaf for leaf in piece if leaf.inline != Text("")) for piece in pieces]


def _is_edge(leaf: _Leaf) -> bool:
    return isinstance(leaf.inline, Hyperlink)


def _cut_text(text: str, mark: str, opens: bool, closes: bool) -> list[str]:
    """`opens` and `closes` say whether a mark at that end of the text may separate."""
    before = r"(?:(?<=\s)|\A)" if opens else r"(?<=\s)"
    after = r"(?=\s|\Z)" if closes else r"(?=\s)"
    return re.split(f"{before}{re.escape(mark)}{after}", text)


def _links(inlines: Iterable[Inline]) -> Iterator[Link]:
    for inline in inlines:
        if isinstance(inline, Hyperlink):
            label = plain(inline.children)
            yield Link(inline.url, label, role_of(label, inline.url.text), inline.line)
