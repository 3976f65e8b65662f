"""Anchors: names of headings that a link can lead to."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 60  # characters


class Anchors:
    """Gives every heading of an issue an anchor of its own."""

    def __init__(self) -> None:
        self._uses: dict[str, int] = {}

    def name(self, title: str) -> str:
        """The title in lower case with hyphens, with a number where it is taken already."""
        words = re.findall(r"\w+", unicodedata.normalize("NFKC", title).casefold())
        base = anchor = "-".join(words)[:_LONGEST].strip("-_") or "item"
        while anchor in self._uses:
            self._uses[base] += 1
            anchor = f"{base}-{self._uses[base]}"
        self._uses[anchor] = 1
        return anchor
