"""JSON lines: one object a line; its names are the columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from subscribers.errors import BadFile
from subscribers.importing.delimited import bounded_line
from subscribers.importing.table import MAX_RECORD, Record, Table

_MOST_NAMES = 1_000
_SHOWN = 1_000  # characters of a malformed line that are kept for the editor


def table(text: TextIO, file: str, encoding: str) -> Table:
    """Reads the text twice, since a name may come late. Raises BadFile."""
    headings = _headings(text)
    text.seek(0)
    return Table(file, f"JSON lines in {encoding}", headings, _records(text, headings))


def _headings(text: TextIO) -> Sequence[str]:
    """Every name that any object has, in the order of their coming."""
    names: dict[str, None] = {}
    while line := bounded_line(text):
        found = _object(line)
        if isinstance(found, dict):
            names.update(dict.fromkeys(found))
        if len(names) > _MOST_NAMES:
            raise BadFile(f"its objects have more than {_MOST_NAMES:,} names: keep some columns")
    if not names:
        raise BadFile('holds no objects: write one a line, such as {"email": "name@example.org"}')
    return tuple(names)


def _records(text: TextIO, headings: Sequence[str]) -> Iterator[Record]:
    """`row` counts lines."""
    row = 0
    while line := bounded_line(text):
        row += 1
        if line.isspace():
            continue
        found = _object(line)
        if isinstance(found, str):
            yield Record(row, fault=found, raw=line[:_SHOWN])
        else:
            yield Record(row, tuple(cell(found.get(name)) for name in headings))


def _object(line: str) -> Mapping[str, Any] | str:
    """What a line holds, or why it cannot be read."""
    if len(line) > MAX_RECORD:
        return f"the line has more than {MAX_RECORD:,} characters: shorten it"
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"is not JSON ({error}): mend it"
    return found if isinstance(found, dict) else "is not a JSON object: write {…}"


def cell(value: Any) -> str:
    """A value as a cell of a table has it; what has parts stays JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
