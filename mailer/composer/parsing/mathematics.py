"""Where mathematics stands in running text: `$x^2$`, and never money.

The rules are Pandoc's (User's Guide, `tex_math_dollars`): nothing but a formula touches its dollars
from inside, and no digit follows it. Ours go further, since a digest speaks of money more often.
"""

from __future__ import annotations

import re

from markdown_it.rules_inline import StateInline

TYPE = "mathematics"  # of the token
_FORMULA = re.compile(r"(\$\$?)(?![\s$])((?:\\.|[^\\$`])+)(?<!\s)\1(?![\d$])", re.DOTALL)
_SUM_OF_MONEY = re.compile(r"[+\-–−]?\d")
_WORD = re.compile(r"[^\W\d_]{2}|[\u3040-\u9fff]")  # in Chinese and Japanese, one sign is a word
_TEX = re.compile(r"[\\^_{=<>]")
_UNFINISHED = re.compile(r"[^\^_{][-–—/,;:(\[=+]\Z")


def mathematics(state: StateInline, silent: bool) -> bool:
    """The rule for markdown-it: a token whose content is the formula with its dollars."""
    before = state.src[state.pos - 1 : state.pos] if state.pos else ""
    if before.isalnum() or before == "$":
        return False
    found = _FORMULA.match(state.src, state.pos)
    if not found or _is_money(found[2]) or _UNFINISHED.search(found[2]) or "](" in found[2]:
        return False
    if not silent:
        token = state.push(TYPE, "", 0)
        token.content, token.markup = found[0], found[1]
    state.pos = found.end()
    return True


def _is_money(text: str) -> bool:
    """`5 to 10` of "$5 to 10$": a number and words, and nothing that is TeX's."""
    starts = _SUM_OF_MONEY.match(text)
    return bool(starts and _WORD.search(text) and not _TEX.search(text))
