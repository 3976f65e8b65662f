"""Tables of plain text: aligned columns, or a record a row where they would be too wide."""

from __future__ import annotations

from collections.abc import Sequence

from mailer.composer.text.wrap import Line, columns, joined, prefixed, wrap
from mailer.model.content import Align
from mailer.model.slot import Slot

Row = Sequence[Line]
_GAP = "  "


def fits(header: Row, rows: Sequence[Row], width: int) -> bool:
    """Whether its columns stand beside each other in `width`."""
    sizes = _sizes(header, rows)
    return sum(sizes) + len(_GAP) * (len(sizes) - 1) <= width


def grid(header: Row, rows: Sequence[Row], aligns: Sequence[Align | None]) -> list[Line]:
    """Aligned columns; the cells are single lines."""
    sizes = _sizes(header, rows)
    head, *body = (_aligned(row, sizes, aligns) for row in (header, *rows))
    return [head, (_GAP.join("-" * size for size in sizes),), *body]


def _sizes(header: Row, rows: Sequence[Row]) -> list[int]:
    return [max(map(columns, cells)) for cells in zip(header, *rows, strict=True)]


def _aligned(row: Row, sizes: Sequence[int], aligns: Sequence[Align | None]) -> Line:
    parts: list[str | Slot] = []
    for cell, size, align in zip(row, sizes, aligns, strict=True):
        space = size - columns(cell)
        before = {"right": space, "center": space // 2}.get(align or "left", 0)
        parts += [" " * before, *cell, " " * (space - before), _GAP]
    return joined(parts)


def records(header: Row, rows: Sequence[Row], colon: str, width: int) -> list[Line]:
    """Each row as lines `heading: cell`, an empty line between two rows."""
    lines: list[Line] = []
    for row in rows:
        lines += [()] if lines else []
        for name, cell in zip(header, row, strict=True):
            if cell:
                record = wrap((*name, colon, *cell) if name else cell, width - len(_GAP))
                lines += prefixed(record, "", _GAP)
    return lines
