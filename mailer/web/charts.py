"""Charts as the numbers that an SVG needs: what is drawn, and where. The server draws them, so they
show without a script, in the page's own colours, and print.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 560, 140  # user units of the drawing's plane
_GAP = 0.25  # of a place that stays free


@dataclass(frozen=True, slots=True)
class Bar:
    """`kind` is the number of its series, from 0; `told` what it says to who points at it."""

    x: float
    y: float
    width: float
    height: float
    kind: int
    told: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars in places from left to right, those of one place beside each other. `highest` is what
    the top of the plane stands for; `names` are the series', `summary` is for who sees no chart."""

    bars: tuple[Bar, ...]
    highest: int
    first: str
    last: str
    names: tuple[str, ...]
    summary: str


def chart(labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]) -> Chart:
    """`labels` say when or what each place is; every series has a number for each."""
    highest = max((max(numbers, default=0) for _, numbers in series), default=0)
    place = WIDTH / max(1, len(labels))
    width = place * (1 - _GAP) / max(1, len(series))
    bars = [
        Bar(
            x=round(place * at + place * _GAP / 2 + width * kind, 2),
            y=round(HEIGHT * (1 - number / highest), 2),
            width=round(width, 2),
            height=round(HEIGHT * number / highest, 2),
            kind=kind,
            told=f"{label}: {number:,} {name}",
        )
        for kind, (name, numbers) in enumerate(series)
        for at, (label, number) in enumerate(zip(labels, numbers, strict=True))
        if number
    ]
    totals = ", ".join(f"{sum(numbers):,} {name}" for name, numbers in series)
    return Chart(
        bars=tuple(bars),
        highest=highest,
        first=labels[0] if labels else "",
        last=labels[-1] if labels else "",
        names=tuple(name for name, _ in series),
        summary=f"{totals}, from {labels[0]} to {labels[-1]}" if labels else totals,
    )
