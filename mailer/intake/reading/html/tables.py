"""Tables: of data, or for the layout of a mail."""

from __future__ import annotations

from typing import Any

from mailer.composer.tree import trimmed
from mailer.intake.reading.html.document import Element
from mailer.intake.reading.html.inlines import Inliner
from mailer.model.content import Align, Inlines, Table

_BLOCKS = ("p", "ul", "ol", "div", "h1", "h2", "h3", "h4", "blockquote", "pre", "hr", "figure")
_ALIGNS: dict[str, Align] = {"left": "left", "center": "center", "right": "right"}


def is_data(table: Element) -> bool:
    """Whether it has rows and columns of short texts; mail is laid out in tables, too."""
    if table.get("role") == "presentation":
        return False
    rows = _rows(table)
    widths = {len(row) for row in rows}
    if len(rows) < 2 or max(widths, default=0) < 2:
        return False
    if table.find(".//th") is not None:
        return True
    return len(widths) == 1 and not any(table.iter(*_BLOCKS)) and not _nested(table)


def _nested(table: Element) -> bool:
    return table.find(".//table") is not None or table.find(".//img") is not None


def _rows(table: Element) -> list[list[Element]]:
    rows = (list(row.iterchildren("td", "th")) for row in table.iter("tr"))
    return [row for row in rows if row]


def read(table: Element, inliner: Inliner) -> Table:
    header, *rows = _rows(table)
    width = max(len(row) for row in (header, *rows))
    cells: list[tuple[Inlines, ...]] = []
    for row in (header, *rows):
        texts = [trimmed(inliner.inlines(cell)) for cell in row]
        cells.append((*texts, *((),) * (width - len(row))))
    aligns = tuple(_align(cell) for cell in header)
    return Table(cells[0], tuple(cells[1:]), (*aligns, *(None,) * (width - len(header))), 0)


def _align(cell: Any) -> Align | None:
    """As HTML says it, or one of our own pages by its class."""
    words = (cell.get("align", ""), *cell.get("class", "").split())
    style = cell.get("style", "").replace(" ", "")
    told = [word for word in words if word in _ALIGNS]
    told += [word for word in _ALIGNS if f"text-align:{word}" in style]
    found = _ALIGNS.get(told[0]) if told else None
    return None if found == "left" else found
