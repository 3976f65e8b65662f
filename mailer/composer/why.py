"""The sentence that says why somebody gets an issue: a string of the theme with names in braces."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.model.slot import LIST_TITLE, SIGNED_UP_AT, SIGNED_UP_ON, Slot

SLOTS = {
    "list": Slot(LIST_TITLE),
    "date": Slot(SIGNED_UP_ON),
    "place": Slot(SIGNED_UP_AT, ""),
}


def filled(sentence: str) -> Iterator[str | Slot]:
    """Names in braces that it may not have stay as they are."""
    for part in re.split(r"(\{\w+\})", sentence):
        yield SLOTS.get(part[1:-1], part) if part.startswith("{") else part
