"""Cells that a spreadsheet would run as formulas, and how they are kept from it and read again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

# What begins a formula, or a part of one, behind any number of our own marks; a plain number, as
# +49 or -5.5, is none. Some editions of Excel take the full-width forms, too.
_RUNS = re.compile(r"'*(?:[=@＝＋－＠\t\r\n]|[+-](?!\d+(?:[.,]\d+)?\Z))")
_FIRST = frozenset("'=@＝＋－＠\t\r\n+-")


def defused(cells: Sequence[str]) -> Sequence[str]:
    """The same cells, with an apostrophe before those that a spreadsheet would run."""
    run = {cell for cell in set(cells) if cell[:1] in _FIRST and _RUNS.match(cell)}
    return ["'" + cell if cell in run else cell for cell in cells] if run else cells


def defused_table(rows: Sequence[Sequence[str]]) -> Iterable[Sequence[str]]:
    """The same of rows of one width, a column at a time: texts come again there."""
    return zip(*map(defused, zip(*rows, strict=True)), strict=True)


def restored(text: str) -> str:
    """What was defused, whatever it was; any other text stays as it is."""
    if text[:1] == "'" and _RUNS.match(text, 1):
        return text[1:]
    return text
