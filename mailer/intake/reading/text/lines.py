"""Plain text → its lines, whatever program they come from."""

from __future__ import annotations

import re

from mailer.model.characters import FORBIDDEN

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")  # beside space and tab
_UNSEEN = re.compile("[\u00ad\u034f\u200b\u2060\ufeff]")  # soft hyphens, places to break, filler


def lines_of(text: str) -> list[str]:
    """Without blanks at their ends; every other kind of blank is a space."""
    plain = _UNSEEN.sub("", _BLANKS.sub(" ", _LINE_ENDS.sub("\n", text)))
    return [FORBIDDEN.sub(" ", line).rstrip() for line in plain.split("\n")]
