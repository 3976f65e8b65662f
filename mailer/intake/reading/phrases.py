"""Phrases by which something is told, written one kind a line."""

from __future__ import annotations

import re

_GAP = re.compile(r"<(\d+)>")


def choice(lines: str, **sets: str) -> str:
    """A regular expression for any of the lines, whose alternatives are parted by `|`. `<40>` is up
    to 40 characters of anything; the name of a set, in capitals, any of its words."""
    text = "|".join(line.strip() for line in lines.splitlines() if line.strip())
    for name, words in sets.items():
        text = text.replace(name, f"(?:{'|'.join(words.split())})")
    return "(?:" + _GAP.sub(r".{0,\1}", text) + ")"
