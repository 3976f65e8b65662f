"""Lengths of time as a person reads them."""

from __future__ import annotations


def spoken(seconds: float) -> str:
    """`40 s`, `12 min`, `3 h 20 min`, `2 days`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return f"{round(hours / 24)} days"
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"
