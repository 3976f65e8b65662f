"""Running text of the plain-text edition: inlines as words, links as numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mailer.composer import rawhtml
from mailer.composer.text.wrap import BREAK, GLUE, Line
from mailer.composer.tree import plain
from mailer.model.characters import FORBIDDEN
from mailer.model.content import (
    CodeSpan,
    FootnoteReference,
    Formula,
    Hyperlink,
    Inlines,
    LineBreak,
    Picture,
    RawInline,
    Styled,
    Text,
    Url,
)
from mailer.model.slot import Slot, SlotKind

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SCHEME = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_MARKS = {"em": "*", "strong": "*", "s": "~~"}

_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def flat(text: str) -> str:
    """`text` with every control character as a space, so that it stays on its line, and without
    others that no mail may hold."""
    return text if text.isprintable() else FORBIDDEN.sub("", _CONTROLS.sub(" ", text))


class RunningText:
    """The texts of one item. Its links are numbered from 1, the same target once."""

    def __init__(self, picture: str) -> None:
        """`picture` is the string that names a picture, with `{alt}` in it."""
        self._picture = picture
        self._numbers: dict[Url, int] = {}

    def of(self, inlines: Inlines) -> Line:
        """The words of some inlines, to be wrapped."""
        return tuple(self._inlines(inlines, styled=False))

    def links(self) -> list[Line]:
        """`[1] https://…` for each target so far, never broken."""
        return [(f"[{number}] ", *_address(url)) for url, number in self._numbers.items()]

    def picture(self, picture: Picture, url: Url | None = None) -> Line:
        """What stands for a picture; nothing where it says nothing and leads nowhere."""
        number = self._number(url) if url else None
        if not picture.alt and number is None:
            return ()
        name = self._picture.replace("{alt}", flat(picture.alt)).rstrip(" :\uff1a\xa0")
        return (f"[{name}]", *_mark(number))

    def _inlines(self, inlines: Inlines, styled: bool) -> Iterator[str | Slot]:
        for inline in inlines:
            match inline:
                case Styled(style, children):
                    mark = "" if styled else _MARKS[style]
                    yield from (mark, *self._inlines(children, styled=True), mark)
                case Hyperlink():
                    yield from self._hyperlink(inline, styled)
                case Picture():
                    yield from self.picture(inline)
                case RawInline():
                    yield from self._inlines(rawhtml.of_inline(inline), styled)
                case _:
                    yield _leaf(inline)

    def _hyperlink(self, link: Hyperlink, styled: bool) -> Iterator[str | Slot]:
        label, target = plain(link.children), link.url.text
        if label and label in (target, _SCHEME.sub("", target, count=1)):
            yield from (flat(label),) if target.startswith("mailto:") else _address(link.url)
            return
        words = tuple(self._inlines(link.children, styled))
        mark = _mark(self._number(link.url))
        yield from words
        yield from mark if any(words) else (part.lstrip(GLUE) for part in mark)

    def _number(self, url: Url) -> int | None:
        """The number of a target; None where it is none, or a place in the issue itself."""
        if not url.text or url.text.startswith("#"):
            return None
        return self._numbers.setdefault(url, len(self._numbers) + 1)


def superscript(number: int) -> str:
    """A footnote's mark, in text and before the note."""
    return str(number).translate(_SUPERSCRIPT)


def _leaf(
    inline: Text | CodeSpan | Formula | LineBreak | FootnoteReference | Slot,
) -> str | Slot:
    match inline:
        case Text(text):
            return flat(text)
        case CodeSpan(code):
            return f"`{flat(code)}`"
        case Formula():
            return flat(inline.text)
        case LineBreak(hard):
            return BREAK if hard else " "
        case FootnoteReference(number):
            return superscript(number)
        case _:
            return replace(inline, kind=SlotKind.TEXT)


def _mark(number: int | None) -> tuple[str, ...]:
    return (f"{GLUE}[{number}]",) if number else ()


def _address(url: Url) -> Line:
    """Slots of an address stay components of a URL: percent-encoded here too."""
    return tuple(flat(part) if isinstance(part, str) else part for part in url.parts)
