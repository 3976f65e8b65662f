"""Words by which an editor marks unfinished text: none may reach a reader."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MARK = re.compile(r"\b(?:TK|TODO)\b")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")


def leftovers(text: str) -> Iterator[tuple[str, str]]:
    """(rule, message) for each left-over mark of `text`; addresses in it do not count."""
    for match in _MARK.finditer(_ADDRESS.sub("", text)):
        yield "left-over", f"{match[0]} is left over: write what is missing, or remove it"
