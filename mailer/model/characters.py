"""Characters that must not reach a mail: controls, surrogates, private use and noncharacters.

Controls make clients clip or drop a message (RFC 5322 §4.1 calls them obsolete); private-use
characters and noncharacters show as an empty box, and we mark slots with the latter.
"""

from __future__ import annotations

import re

_LAST_OF_PLANES = "".join(f"{chr(p | 0xFFFE)}{chr(p | 0xFFFF)}" for p in range(0, 0xF0000, 0x10000))
FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef"
    rf"\U000f0000-\U0010ffff{_LAST_OF_PLANES}]"
)


def fault(character: str) -> str:
    """What is wrong with a forbidden one, for whoever wrote it."""
    code = ord(character)
    return f"U+{code:04X} is {_kind(code)}, which no mail may hold"


def _kind(code: int) -> str:
    if code < 0xA0:
        return "a control character"
    if code in range(0xD800, 0xE000):
        return "half a character"
    if code in range(0xFDD0, 0xFDF0) or code & 0xFFFE == 0xFFFE:
        return "no character"
    return "a private-use character"
