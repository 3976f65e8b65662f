"""Addresses of the web in a text → links."""

from __future__ import annotations

import re

from mailer.composer.tree import plain
from mailer.model.content import Hyperlink, Inline, Inlines, Text, Url

_ADDRESS = re.compile(
    r"(?:https?://|www\.|(?<![\w.@-])(?:[a-z0-9-]{1,63}\.){1,5}"
    r"(?:com|org|net|io|ai|co|dev|edu|gov|app|info|eu|de|fr|es|ru|uk)/)"
    r"[^\s<>\"“”|]+",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(
    r"(?<!!)\[([^\[\]\n]{1,200})\]\(<?(https?://(?:[^\s()<>]|\([^\s()<>]*\))+)>?\)", re.IGNORECASE
)
_TAIL = re.compile(r"[.,;:!?)\]}»”\"']+\Z")


def with_addresses(text: str) -> Inlines:
    """The text, each address of the web in it a link to itself; Markdown's links are links, too."""
    found: list[Inline] = []
    end = 0
    for match in _MARKDOWN.finditer(text):
        found += (*_addresses(text[end : match.start()]), link(match[2], (Text(match[1]),)))
        end = match.end()
    return (*found, *_addresses(text[end:]))


def _addresses(text: str) -> Inlines:
    found: list[Inline] = []
    end = 0
    for match in _ADDRESS.finditer(text):
        address = _without_tail(match[0])
        if match.start() > end:
            found.append(Text(text[end : match.start()]))
        found.append(link(address, (Text(address),)))
        end = match.start() + len(address)
    if end < len(text):
        found.append(Text(text[end:]))
    return tuple(found)


def link(address: str, children: Inlines) -> Hyperlink:
    whole = address if re.match(r"[a-z]+:", address, re.IGNORECASE) else f"https://{address}"
    return Hyperlink(Url((whole,)), children, "", 0)


def _without_tail(address: str) -> str:
    """Punctuation at its end is the sentence's, but for a bracket that it opened."""
    while tail := _TAIL.search(address):
        last = address[-1]
        if last == ")" and address.count("(") >= address.count(")"):
            return address
        address = address[:-1] if tail else address
    return address


def shows_address(line: Inlines) -> bool:
    """Whether an address of the web stands in its text, as titles have none."""
    return any(
        isinstance(inline, Hyperlink) and _ADDRESS.fullmatch(plain(inline.children))
        for inline in line
    )
