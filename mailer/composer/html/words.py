"""Words as HTML, before any macro: escaped for where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from markupsafe import Markup, escape

from mailer.model.characters import FORBIDDEN
from mailer.model.content import (
    CodeSpan,
    Formula,
    Hyperlink,
    Inlines,
    LineBreak,
    Picture,
    Styled,
    Text,
)
from mailer.model.slot import Slot, SlotKind

# As much of a word as fits a phone, and not its end; a browser breaks it at these marks and between
# the letters of China and Japan.
_STRETCH = re.compile(r"([^\s/?\-\u2e80-\U0010ffff]{24})(?=[^\s/?\-\u2e80-\U0010ffff]{6})")
_BREAK = Markup("<wbr>")


def phrase(string: str, **values: Markup) -> Markup:
    """A string of the theme with `{name}` replaced by values."""
    return Markup(  # noqa: S704 - what is not Markup is escaped
        re.sub(r"\{(\w+)\}", lambda m: str(values.get(m[1], m[0])), str(escape(string)))
    )


def printable(html: str) -> str:
    """Without the characters that no client may get (stray C1 clips in Gmail)."""
    return FORBIDDEN.sub("", html)


def default_of(slot: Slot, kind: SlotKind) -> str:
    """What a public page shows in place of a slot, escaped for where it stands."""
    value = slot.default or ""
    return str(escape(quote(value, safe="") if kind is SlotKind.URL else value))


def breakable(text: str) -> Markup:
    """The text with places to break in words that are wider than a phone: many clients drop the
    styles that would ask for it."""
    pieces = enumerate(_STRETCH.split(text))
    return Markup("").join(escape(p) + _BREAK * (n % 2) for n, p in pieces)


def plain(children: Inlines) -> Iterator[str | Slot]:
    """What is read of inlines where no markup may stand: in an attribute, a table of contents."""
    for child in children:
        match child:
            case Text(text=text) | CodeSpan(code=text) | Picture(alt=text):
                yield text
            case Formula():
                yield child.text
            case Styled() | Hyperlink():
                yield from plain(child.children)
            case LineBreak():
                yield " "
            case Slot():
                yield child
