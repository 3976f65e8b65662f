"""Octets of a source → text. What a page declares is left to `fetch`; a file often declares
nothing, and then its own letters tell."""

from __future__ import annotations

import re

from mailer.fetch import characters

_DECLARES = re.compile(
    rb"\xef\xbb\xbf|\xff\xfe|\xfe\xff|.{0,1000}\b(?:charset|encoding)\s*=", re.DOTALL
)

_ESCAPE = b"\x1b"


def decoded(content: bytes, declared: str = "") -> str:
    """UTF-8 wherever it is that, but for what shifts between sets by escapes (ISO 2022); else by
    its mark or declaration, else by its letters."""
    try:
        text = content.decode("utf-8-sig")
        if _ESCAPE not in content:
            return text
    except UnicodeDecodeError:
        pass
    if declared or _DECLARES.match(content):
        return characters.decoded(content, declared)
    from charset_normalizer import from_bytes

    best = from_bytes(content).best()
    return str(best) if best else characters.decoded(content)
