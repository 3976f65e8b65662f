"""Links that an editor writes as `<a href="…">…</a>` inside a paragraph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from mailer.composer.parsing import htmltags

OPENING, CLOSING = "raw_link_open", "raw_link_close"


def with_links(tokens: Sequence[Token]) -> list[Token]:
    """The tokens of a run, the tags of each raw link marked as such by their type."""
    types: dict[int, str] = {}
    for opening, closing in _pairs(tokens):
        types |= {opening: OPENING, closing: CLOSING}
    return [
        token.copy(type=types[index]) if index in types else token
        for index, token in enumerate(tokens)
    ]


def _pairs(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """The places of `<a …>` and `</a>` inside the same element, with no link between or around
    them: HTML has no link inside a link."""
    opened: int | None = None
    around = 0  # Markdown's links
    for index, token in enumerate(tokens):
        around += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if around or (opened is not None and token.level < tokens[opened].level):
            opened = None
        if token.type != "html_inline" or htmltags.name(token.content) != "a" or around:
            continue
        if not htmltags.is_closing(token.content):
            opened = index
        elif opened is not None and token.level == tokens[opened].level:
            yield opened, index
            opened = None
