"""How a picture stands in a mail, as far as its file depends on it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """`width` is in CSS pixels: the most that a theme gives a picture or, where `is_asked`, what
    the editor asked for. A still that stands for a video gets a play mark."""

    width: int
    is_asked: bool = False
    is_still: bool = False
