"""Elements inside a paragraph → inlines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urljoin, urlsplit

from mailer.composer.parsing.tex import reader as tex
from mailer.composer.tree import plain
from mailer.intake.reading.html.document import Element
from mailer.intake.reading.text.lines import lines_of
from mailer.model.content import (
    CodeSpan,
    FootnoteReference,
    Formula,
    Hyperlink,
    Inline,
    Inlines,
    LineBreak,
    Picture,
    RawInline,
    Styled,
    Text,
    Url,
)

_Style = Literal["em", "strong", "s"]
_STYLES: dict[str, _Style] = {
    "em": "em",
    "i": "em",
    "cite": "em",
    "dfn": "em",
    "var": "em",
    "strong": "strong",
    "b": "strong",
    "s": "s",
    "del": "s",
    "strike": "s",
}
_CODE = ("code", "tt", "samp")
_KEPT = ("sub", "sup", "kbd", "mark", "u", "small", "abbr")
_SOURCES = ("src", "data-src", "data-lazy-src", "data-original")
_SMALLEST = 3  # pixels; less is a counter, not a picture
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)


@dataclass
class Inliner:
    """`base` is what addresses are relative to; `notes` are the numbers of footnotes by the id of
    their element; `anchors` are places of the issue itself."""

    base: str = ""
    notes: dict[str, int] = field(default_factory=dict)
    anchors: frozenset[str] = frozenset()

    def inlines(self, element: Element) -> Inlines:
        """What is inside an element."""
        return merged(self._inside(element))

    def _inside(self, element: Element) -> Iterator[Inline]:
        yield from self.text(element.text)
        for child in element:
            yield from self.inline(child)
            yield from self.text(child.tail)

    def text(self, text: str | None) -> Iterator[Inline]:
        if text:
            plain = " ".join(lines_of(f"|{text}|"))[1:-1]  # the bars keep the blanks at its ends
            yield Text(re.sub(r"\s+", " ", plain))

    def inline(self, element: Element) -> Iterator[Inline]:
        tag = element.tag
        if not isinstance(tag, str):
            return
        if tag == "br":
            yield LineBreak(hard=True)
        elif tag == "img":
            yield from self.picture(element)
        elif tag == "a":
            yield from self._link(element)
        elif tag in _KEPT:
            yield from self._kept(element)
        else:
            yield from self._styled(element)

    def _styled(self, element: Element) -> Iterator[Inline]:
        tag, formula = element.tag, _formula(element)
        if tag in _CODE and element.text_content().strip():
            yield CodeSpan(" ".join(element.text_content().split()))
        elif formula:
            yield formula
        elif tag in _STYLES or (tag == "span" and _BOLD.search(element.get("style", ""))):
            yield Styled(_STYLES.get(tag, "strong"), self.inlines(element))
        elif tag == "q":
            yield from (Text("“"), *self._inside(element), Text("”"))
        else:
            yield from self._inside(element)

    def _kept(self, element: Element) -> Iterator[Inline]:
        inside = self.inlines(element)
        if any(isinstance(inline, FootnoteReference) for inline in inside):
            yield from (inline for inline in inside if isinstance(inline, FootnoteReference))
        elif inside:
            title = element.get("title", "").replace('"', "&quot;")
            yield RawInline(f'<{element.tag} title="{title}">' if title else f"<{element.tag}>")
            yield from inside
            yield RawInline(f"</{element.tag}>")

    def _link(self, element: Element) -> Iterator[Inline]:
        href = (element.get("href") or "").strip()
        number = self.notes.get(href.rpartition("#")[2]) if "#" in href else None
        if number is not None:
            yield FootnoteReference(number)
            return
        inside = self.inlines(element)
        if (
            href.startswith("#")
            and not re.search(r"\w", plain(inside))
            and not _has_picture(inside)
        ):
            return  # the sign beside a heading by which it can be linked
        address = self.address(href)
        if not address or not inside:
            yield from inside
        else:
            title = " ".join((element.get("title") or "").split())
            yield Hyperlink(Url((address,)), inside, title, 0)

    def address(self, href: str) -> str:
        """The whole address; empty for what no reader can open."""
        page, mark, anchor = href.partition("#")
        if mark and anchor in self.anchors and (not page or "/issues/" in page):
            return f"#{anchor}"
        if not href or href.startswith("#"):
            return ""
        try:
            whole = urljoin(self.base, href)
            parts = urlsplit(whole)
        except ValueError:
            return ""
        if parts.scheme == "mailto":
            return whole
        return whole if parts.scheme in ("http", "https") and parts.netloc else ""

    def picture(self, element: Element) -> Iterator[Inline]:
        source = next((s for name in _SOURCES if (s := element.get(name)) and _is_real(s)), "")
        if not source or _is_counter(element):
            return
        whole = source if source.startswith(("data:", "cid:")) else urljoin(self.base, source)
        alt = " ".join((element.get("alt") or "").split())
        yield Picture(whole, alt, element.get("data-caption", ""), 0)


def _formula(element: Element) -> Formula | None:
    """A formula of ours: its TeX is the title of what is shown."""
    source = element.get("title") if element.tag == "span" else None
    try:
        return Formula(source, tex.read(source)) if source else None
    except tex.Unwritable:
        return None


def _has_picture(inlines: Inlines) -> bool:
    return any(isinstance(inline, Picture) for inline in inlines)


def _is_real(source: str) -> bool:
    """Not the dot that stands for a picture until it is scrolled to."""
    return not source.startswith("data:") or len(source) > 200


def _is_counter(element: Element) -> bool:
    sizes = [element.get(name, "").removesuffix("px") for name in ("width", "height")]
    return any(size.isdecimal() and int(size) < _SMALLEST for size in sizes)


def merged(inlines: Iterable[Inline]) -> Inlines:
    """Texts beside each other as one, with one blank between words; no blank beside a break."""
    found: list[Inline] = []
    for inline in inlines:
        last = found[-1] if found else None
        if isinstance(inline, Text) and isinstance(last, Text):
            rest = inline.text.lstrip() if last.text.endswith(" ") else inline.text
            found[-1] = Text(last.text + rest)
        elif isinstance(inline, Text) and isinstance(last, LineBreak):
            if inline.text.strip():
                found.append(Text(inline.text.lstrip()))
        else:
            if isinstance(inline, LineBreak) and isinstance(last, Text):
                found[-1] = Text(last.text.rstrip())
            found.append(inline)
    return tuple(inline for inline in found if inline != Text(""))
