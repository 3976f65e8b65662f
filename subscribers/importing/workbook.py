"""Workbooks of Excel and its kind: the first sheet that is not empty."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from subscribers.errors import BadFile
from subscribers.importing.table import MAX_RECORD, Record, Table

_MOST_OCTETS = 1 << 30  # unpacked; a million rows take half of that
_PARTS = ("[Content_Types].xml", "content.xml")  # of Excel's files, and of OpenDocument's
_RAISED = (CalamineError, OSError, ValueError)


def is_workbook(archive: zipfile.ZipFile) -> bool:
    return any(part in archive.namelist() for part in _PARTS)


def table(stream: BinaryIO, file: str) -> Table:
    """Raises BadFile for what is no workbook, or an empty one."""
    _weigh(stream)
    try:
        book = CalamineWorkbook.from_filelike(stream)
        sheets = (book.get_sheet_by_name(name) for name in book.sheet_names)
        sheet = next((sheet for sheet in sheets if sheet.height), None)
    except _RAISED as error:
        raise BadFile(f"is no workbook that can be read ({error}): save it as CSV") from error
    if sheet is None:
        raise BadFile("the workbook is empty: its first row must name the columns")
    rows = _rows(sheet)
    headings = next(rows).cells
    return Table(file, f"a workbook, sheet {sheet.name!r}", headings, rows)


def _weigh(stream: BinaryIO) -> None:
    """A small file may hold a mountain: it is refused before it is unpacked."""
    with zipfile.ZipFile(stream) as archive:
        size = sum(part.file_size for part in archive.infolist())
    stream.seek(0)
    if size > _MOST_OCTETS:
        raise BadFile(f"unpacks to {size:,} octets: save it as CSV")


def _rows(sheet: CalamineSheet) -> Iterator[Record]:
    """From the header on; blank rows before it are counted."""
    found = False
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = tuple(map(_cell, row))
        found = found or any(cells)
        if found:
            yield _record(number, cells)


def _record(row: int, cells: Sequence[str]) -> Record:
    if sum(map(len, cells)) > MAX_RECORD:
        return Record(row, fault=f"the row has more than {MAX_RECORD:,} characters: shorten it")
    return Record(row, cells)


def _cell(value: Any) -> str:
    """As it would stand in a CSV file: a whole number without a point, a date as ISO 8601."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return str(value)
