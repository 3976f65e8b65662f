"""A count and what is counted, in words that agree."""

from __future__ import annotations


def number(count: int, noun: str, plural: str = "") -> str:
    """`1 copy`, `1,200 copies`; without a plural, the noun's has an s."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
