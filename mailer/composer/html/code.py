"""Program text as HTML."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup, escape

from mailer.composer.highlight import Group, pieces

# Elements need no class, so they are short; `_base/kept.css` says what each looks like.
_ELEMENTS: Mapping[Group, str] = {
    "keyword": "b",
    "comment": "i",
    "string": "samp",
    "number": "kbd",
    "name": "var",
}


def highlighted(code: str, language: str) -> Markup:
    """The code, each group of tokens in an element of its own."""
    return Markup("").join(
        Markup("<{0}>{1}</{0}>").format(_ELEMENTS[group], text) if group else escape(text)
        for group, text in pieces(code, language)
    )
