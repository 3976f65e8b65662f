"""Stretches of an edition that one audience alone gets: those readers who are in a segment.

In a text with slots two fences stand around such a stretch. They are slots that nothing fills, so
that a text of which nothing was left out is read by everybody who reads slots.
"""

from __future__ import annotations

from collections.abc import Collection

from mailer.model.slot import FENCES, Slot, SlotKind, Slotted

MOST = 8  # audiences of one edition
WHOLE = (1 << MOST) - 1  # the variant of who is in all of them
_MARK = ":audience "  # no attribute has such a name


def opening(segment: str) -> Slot:
    return Slot(_MARK + segment, "", SlotKind.OPENING)


def closing(segment: str) -> Slot:
    return Slot(_MARK + segment, "", SlotKind.CLOSING)


def is_fence(part: str | Slot) -> bool:
    return isinstance(part, Slot) and part.kind in FENCES


def segment_of(fence: Slot) -> str:
    return fence.name.removeprefix(_MARK)


def segments_of(*texts: Slotted) -> tuple[str, ...]:
    """The segments for which something stands in these texts, in the order of their first."""
    fences = (part for text in texts for part in text if isinstance(part, Slot) and is_fence(part))
    return tuple(dict.fromkeys(map(segment_of, fences)))


def narrowed(text: Slotted, segments: Collection[str]) -> Slotted:
    """The text for a reader who is in these segments and in no other; without fences."""
    kept: list[str | Slot] = []
    is_left_out = False
    for part in text:
        if isinstance(part, Slot) and is_fence(part):
            is_left_out = part.kind is SlotKind.OPENING and segment_of(part) not in segments
        elif is_left_out:
            continue
        elif kept and isinstance(part, str) and isinstance(kept[-1], str):
            kept[-1] += part
        else:
            kept.append(part)
    return tuple(kept)
