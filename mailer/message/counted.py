"""A message whose links lead over our own pages, which count that they were followed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from mailer.model.slot import Slotted

_ANCHOR = re.compile(r"<a\b[^>]*>")
_HREF = re.compile(r'\bhref="(https?://[^"]*)"')
_LABEL = re.compile(r'\baria-label="([^"]*)"')
_END = "</body>"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads, and its accessible name where it has one of its own."""

    url: str
    label: str


def targets(text: Slotted, base: str) -> list[Target]:
    """The links of some HTML in their order, each address once; not those to our own pages below
    `base`, nor those with a slot in them."""
    found: dict[str, Target] = {}
    for part in text:
        for anchor in _ANCHOR.findall(part) if isinstance(part, str) else ():
            href, label = _HREF.search(anchor), _LABEL.search(anchor)
            url = html.unescape(href[1]) if href else base
            if not url.startswith(base):
                found.setdefault(url, Target(url, html.unescape(label[1]) if label else ""))
    return list(found.values())


def counted(text: Slotted, address: Callable[[str], str | None], pixel: str = "") -> Slotted:
    """The HTML with the links to which `address` gives another address, and with a picture that is
    not seen, at `pixel`, where there is one."""

    def led(match: re.Match[str]) -> str:
        other = address(html.unescape(match[1]))
        return match[0] if other is None else f'href="{html.escape(other)}"'

    def anchor(match: re.Match[str]) -> str:
        return _HREF.sub(led, match[0])

    parts = [_ANCHOR.sub(anchor, part) if isinstance(part, str) else part for part in text]
    seen = f'<img src="{html.escape(pixel)}" alt="" width="1" height="1">' if pixel else ""
    return tuple(
        part.replace(_END, seen + _END) if isinstance(part, str) else part for part in parts
    )
