"""The editor's own HTML, cut down to what a mail client shows and no script can use.

INLINE, BLOCK and ATTRIBUTES are the whole of what is kept. A link inside a paragraph is not among
it: reading the file has made a Hyperlink of it, so that both editions show it. Pictures are
Markdown's, so that they get a size and a place of ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import nh3
from markupsafe import Markup

INLINE = frozenset(
    {
        *("abbr", "b", "br", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q"),
        *("s", "samp", "small", "strong", "sub", "sup", "u", "var"),
    }
)
BLOCK = INLINE | {
    *("a", "blockquote", "dd", "details", "div", "dl", "dt", "figure", "figcaption", "h4", "hr"),
    *("li", "ol", "p", "pre", "summary", "ul"),
    *("table", "caption", "tbody", "td", "tfoot", "th", "thead", "tr"),
}
ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "*": frozenset({"dir", "lang"}),
    "a": frozenset({"href", "title"}),
    "abbr": frozenset({"title"}),
    "ol": frozenset({"start"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan", "scope"}),
}
_SCHEMES = {"http", "https", "mailto"}
_MARK = "\ue000"  # private use; see joined()


def block(html: str) -> Markup:
    """A block of the editor's HTML, cleaned and with every element closed."""
    return _clean(html, BLOCK)


def keeps_target(href: str) -> bool:
    """Whether a link of a block keeps this address."""
    return block(Markup('<a href="{}">').format(href)).startswith("<a href=")


def joined(pieces: Sequence[Markup | str]) -> Markup:
    """A paragraph whose plain `str` pieces are the editor's HTML and whose Markup pieces are ours.

    The pieces are cleaned as one, so that `<b>` … `</b>` around ours survive; ours pass untouched.
    """
    ours = [piece for piece in pieces if isinstance(piece, Markup)]
    numbers = iter(range(len(ours)))
    raw = "".join(
        f"{_MARK}{next(numbers)}{_MARK}" if isinstance(piece, Markup) else piece.replace(_MARK, "")
        for piece in pieces
    )
    parts = _clean(raw, INLINE).split(_MARK)
    return Markup("").join(
        ours[int(part)] if index % 2 else Markup(part)  # noqa: S704 - nh3 cleaned it
        for index, part in enumerate(parts)
    )


def _clean(html: str, tags: frozenset[str]) -> Markup:
    cleaned = nh3.clean(
        html,
        tags=set(tags),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items() if tag in {"*", *tags}},
        attribute_filter=lambda _tag, _name, value: None if _MARK in value else value,
        url_schemes=_SCHEMES,
        url_relative="deny",
        link_rel=None,
    )
    return Markup(cleaned)  # noqa: S704 - nh3 cleaned it
