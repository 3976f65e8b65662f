"""Contrast of colours as WCAG 2.2 counts it."""

from __future__ import annotations

import re
from collections.abc import Sequence


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """The ratio of two colours, 1 to 21; red, green and blue from 0 to 255."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Sequence[float]) -> float:
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (value / 255 for value in colour[:3])
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def rgba(text: str) -> tuple[float, ...]:
    """`rgb(1, 2, 3)` or `rgba(1, 2, 3, 0.5)` → (1, 2, 3, opacity)."""
    numbers = [float(n) for n in re.findall(r"[\d.]+", text)]
    return (*numbers, 1.0)[:4]


def background(behind: Sequence[str]) -> tuple[float, ...]:
    """The first opaque colour behind a text; half-transparent ones are not ours."""
    colours = [rgba(colour) for colour in behind]
    assert all(colour[3] in (0, 1) for colour in colours)
    return next((colour for colour in colours if colour[3] == 1), (255.0, 255.0, 255.0, 1.0))
