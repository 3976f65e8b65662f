"""Lines that one audience alone gets, among lines for all: a fence is a line without an end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile

from mailer.composer.text.wrap import Line
from mailer.model.audience import closing, is_fence, opening
from mailer.model.slot import Slot, SlotKind


def fenced(lines: Iterable[Line], segment: str) -> list[Line]:
    return [(opening(segment),), *lines, (closing(segment),)]


def is_fenced(line: Line) -> bool:
    """Whether it is a fence."""
    return len(line) == 1 and is_fence(line[0])


def settled(lines: Sequence[Line]) -> list[Line]:
    """With as many of the empty lines behind each closing fence inside of it as stand before its
    opening one, so that what is left out leaves no gap that is too wide."""
    done: list[Line] = []
    coming = list(lines)
    before = 0
    while coming:
        line = coming.pop(0)
        if _is(line, SlotKind.OPENING):
            before = _empty(reversed(done))
        elif _is(line, SlotKind.CLOSING):
            moved = min(before, _empty(coming))
            done += coming[:moved]
            del coming[:moved]
        done.append(line)
    return done


def _is(line: Line, kind: SlotKind) -> bool:
    return is_fenced(line) and isinstance(line[0], Slot) and line[0].kind is kind


def _empty(lines: Iterable[Line]) -> int:
    return sum(1 for _ in takewhile(lambda line: not line, lines))
