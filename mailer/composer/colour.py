"""Colours as `#rrggbb`: contrast, forced inversion, and the nearest one that can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

_STEPS = 255
# invert(1) hue-rotate(180deg) on what is inverted already (Filter Effects 1, §8).
_TURNED = ((-0.574, 1.430, 0.144), (0.426, 0.430, 0.144), (0.426, 1.430, -0.856))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def inverted(colour: str) -> str:
    """As mail apps show it that turn every colour over and its hue back."""
    negative = [_STEPS - part for part in _parts(colour)]
    turned = (sum(w * part for w, part in zip(row, negative, strict=True)) for row in _TURNED)
    return _written(turned)


def nearest(colour: str, fits: Callable[[str], bool]) -> str | None:
    """The colour that fits with the least black or white mixed in; None where none does."""
    return next(filter(fits, _shades(colour)), None)


def _shades(colour: str) -> Iterator[str]:
    """Ever further from the colour: a step darker, a step lighter, two steps darker …"""
    parts = _parts(colour)
    for step in range(1, _STEPS + 1):
        for end in (0, _STEPS):
            yield _written(part + (end - part) * step / _STEPS for part in parts)


def _luminance(colour: str) -> float:
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (part / _STEPS for part in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _written(parts: Iterator[float]) -> str:
    return "#" + "".join(f"{round(min(max(part, 0), _STEPS)):02x}" for part in parts)
