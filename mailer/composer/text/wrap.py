"""Lines of plain text with slots in them, wrapped at a width in columns.

A wide character (UAX #11: W or F) takes two columns and may stand at a line's end or beginning
without a space; a mark that combines takes none; a slot takes those of its default.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from unicodedata import category, east_asian_width

from mailer.model.slot import Slot

Line = tuple[str | Slot, ...]
GLUE = "\x1f"  # in a text: a space at which no line ends
BREAK = "\n"  # in a text: a line ends here

_SPACES = re.compile(r"([\n]|[ \t]+)")
_JOINER = "\u200d"  # makes one picture of two
_NO_COLUMN = frozenset({"Mn", "Me", "Cf"})
_NOT_FIRST = frozenset({"Pe", "Pf", "Po"})  # closing brackets and quotes, full stops
_NOT_LAST = frozenset({"Ps", "Pi"})  # opening brackets and quotes


def wrap(text: Iterable[str | Slot], width: int) -> list[Line]:
    """`text` in lines of at most `width` columns; a word that is longer stays whole."""
    lines: list[list[str | Slot]] = [[]]
    used = 0
    for space, word in _words(text):
        size = columns(word)
        if space == BREAK or (lines[-1] and used + len(space) + size > width):
            lines.append([])
            used = 0
        gap = space if lines[-1] else ""
        lines[-1] += [gap, *word]
        used += len(gap) + size
    return [joined(line) for line in lines]


def columns(text: Iterable[str | Slot]) -> int:
    """How many columns a line takes."""
    return sum(_columns(part if isinstance(part, str) else part.default or "") for part in text)


def _columns(text: str) -> int:
    return len(text) if text.isascii() else sum(map(_column, text))


@cache
def _column(character: str) -> int:
    if category(character) in _NO_COLUMN:
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def prefixed(lines: Iterable[Line], first: str, rest: str) -> list[Line]:
    """`lines` with a prefix each, without a space at the end of an empty one."""
    return [joined((rest if index else first, *line)) for index, line in enumerate(lines)]


def ruled(lines: Sequence[Line], mark: str) -> list[Line]:
    """`lines` with a rule of `mark` as long as the longest of them."""
    return [*lines, (mark * max(map(columns, lines), default=0),)]


def unwrapped(text: Iterable[str | Slot]) -> Line:
    """`text` on a single line, however long."""
    parts: list[str | Slot] = []
    for space, word in _words(text):
        parts += [" " if space and parts else "", *word]
    return joined(parts)


def joined(line: Iterable[str | Slot]) -> Line:
    """A line with its texts joined, glue as spaces, and no white space at its end."""
    parts = list(merged(line))
    if parts and isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip()
    return tuple(p.replace(GLUE, " ") if isinstance(p, str) else p for p in parts if p)


def merged(text: Iterable[str | Slot]) -> Line:
    """`text` without empty parts, neighbouring texts as one."""
    parts: list[str | Slot] = []
    for part in text:
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        elif part:
            parts.append(part)
    return tuple(parts)


def _words(text: Iterable[str | Slot]) -> Iterator[tuple[str, list[str | Slot]]]:
    """Each word with what stands before it: a space, nothing (a slot, a wide character) or BREAK,
    which comes alone."""
    space = ""
    word: list[str | Slot] = []
    for piece in _pieces(text):
        if piece == BREAK or (isinstance(piece, str) and not piece.strip(" \t")):
            if word:
                yield space, word
            if piece == BREAK:
                yield BREAK, []
            space, word = ("" if piece == BREAK else " "), []
        elif word and _may_part(word[-1], piece):
            yield space, word
            space, word = "", [piece]
        else:
            word.append(piece)
    if word:
        yield space, word


def _pieces(text: Iterable[str | Slot]) -> Iterator[str | Slot]:
    for part in text:
        if isinstance(part, Slot):
            yield part
            continue
        for run in _SPACES.split(part):
            yield from _runs(run)


def _runs(text: str) -> Iterator[str]:
    """`text` cut before and after every wide character."""
    start = 0
    if not text.isascii():
        for index, character in enumerate(text):
            if _column(character) == 2:
                yield from filter(None, (text[start:index], character))
                start = index + 1
    yield from filter(None, (text[start:],))


def _may_part(before: str | Slot, after: str | Slot) -> bool:
    """Whether a line may end between two pieces that no space divides."""
    if isinstance(before, Slot) or isinstance(after, Slot):
        return False
    last, first = before[-1], after[0]
    if category(last) in _NOT_LAST or category(first) in _NOT_FIRST or _is_joined(first):
        return False
    return _column(last) == 2 or (_column(first) == 2 and last != _JOINER)


def _is_joined(character: str) -> bool:
    """Whether it belongs to the character before it: a combining mark, a skin tone."""
    return _column(character) == 0 or "\U0001f3fb" <= character <= "\U0001f3ff"
