"""CSV, cut into records one after the other (RFC 4180; also with semicolons or tabs).

Nothing here grows with the file: a record that is too long is named and left behind.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import StringIO
from itertools import count
from typing import TextIO

from subscribers.errors import BadFile
from subscribers.importing.table import MAX_RECORD, Record, Table

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_EXCELS_WORD = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # a first line that Excel understands
_MOST = MAX_RECORD + 1
_BLOCK = 1 << 18  # characters that are cut together
_SHOWN = 1_000  # characters of a malformed record that are kept for the editor


def table(text: TextIO, file: str, encoding: str) -> Table:
    """Raises BadFile where no header can be read."""
    lines = _Lines(text)
    separator = _separator(lines)
    rows = _records(lines, separator)
    kind = f"CSV in {encoding}, separated by {SEPARATORS.get(separator, repr(separator))}"
    return Table(file, kind, _headings(rows), rows, is_csv=True)


def _headings(rows: Iterator[Record]) -> Sequence[str]:
    for record in rows:
        if record.fault:
            raise BadFile(f"row {record.row}: {record.fault}")
        if not record.blank:
            return record.cells
    raise BadFile("the file is empty: its first line must name the columns, one of them `email`")


def _records(lines: _Lines, separator: str) -> Iterator[Record]:
    """Block by block, those of a block where something is malformed one by one. After a malformed
    record reading goes on with the second of its lines: a quote that is never closed costs its own
    row, not all that follow."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    row = lines.passed
    while True:
        together = lines.records_at_once(separator)
        yield from map(Record, count(row + 1), together)
        row += len(together) + 1
        lines.begin_record()
        try:
            record = Record(row, next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            record = Record(row, fault=_explained(str(error)), raw=lines.begun())
            lines.return_to_second()
        yield record


def _explained(said: str) -> str:
    if "limit" in said:
        most = csv.field_size_limit()
        return f"a cell has more than {most:,} characters: shorten it, or close its quote"
    if "unexpected end" in said:
        return "a quote is opened and never closed: close it"
    if said == _TOO_LONG:
        return f"{said}: shorten it, or close its quote"
    return f"not well-formed CSV ({said}): mend its quotes"


_TOO_LONG = f"the row has more than {MAX_RECORD:,} characters"


class _Lines:
    """The lines of a text, with a way back to the second line of the record being read. `passed`
    counts those before the header that are no records."""

    def __init__(self, text: TextIO) -> None:
        self.passed = 0
        self._text = text
        self._again: deque[str] = deque()
        self._record: list[str] = []
        self._length = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else bounded_line(self._text)
        if line == "":
            raise StopIteration
        self._record.append(line)
        self._length += len(line)
        if self._length > MAX_RECORD:
            raise csv.Error(_TOO_LONG)
        return line

    def records_at_once(self, separator: str) -> list[list[str]]:
        """Those of the next block; none, and its lines are to be read one by one, where not all of
        them are well-formed and end with it."""
        block = "" if self._again else self._text.read(_BLOCK) + bounded_line(self._text)
        with suppress(csv.Error):
            if len(block) <= MAX_RECORD:
                return list(csv.reader(_lines(block), delimiter=separator, strict=True))
        self._again.extend(_lines(block))
        return []

    def first(self) -> str:
        """The first line that is not blank, which is read again afterwards."""
        read = []
        while (line := bounded_line(self._text)).isspace():
            read.append(line)
        self._again.extend((*read, line) if line else read)
        return line if len(line) <= MAX_RECORD else ""

    def pass_over(self) -> None:
        """What `first` gave is no record."""
        while self._again.popleft().isspace():
            self.passed += 1
        self.passed += 1

    def begin_record(self) -> None:
        self._record.clear()
        self._length = 0

    def begun(self) -> str:
        """How the record begins that is being read."""
        return "".join(self._record)[:_SHOWN]

    def return_to_second(self) -> None:
        self._again.extendleft(reversed(self._record[1:]))


def _lines(block: str) -> StringIO:
    return StringIO(block, newline="")


def bounded_line(text: TextIO) -> str:
    """The next line with its end, "" after the last. Of one that is too long only the beginning,
    which is too long all the same."""
    line = text.readline(_MOST)
    if len(line) == _MOST:
        _pass_rest(text, line)
    return line


def _pass_rest(text: TextIO, line: str) -> None:
    while line and not line.endswith(("\n", "\r")):
        line = text.readline(_MOST)


def _separator(lines: _Lines) -> str:
    """Told from the header line, outside of quotes; where nothing tells it, a comma."""
    first = lines.first()
    if said := _EXCELS_WORD.fullmatch(first):
        lines.pass_over()
        return said[1]
    bare = re.sub(r'"[^"]*"', "", first)
    return max(SEPARATORS, key=bare.count)
