"""The text of a file: told by its first bytes, cut into CSV records, one after the other.

Nothing here grows with the file: a record that is too long is named and left behind.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from subscribers.errors import BadFile

MAX_RECORD = 1_000_000  # characters


@contextmanager
def opened(source: Path | BinaryIO) -> Iterator[TextIO]:
    """The text of a file, or of a stream that stays open. Raises BadFile for what is not text.

    Bytes that do not fit the encoding become U+FFFD, so that they cost their own row only.
    """
    if not isinstance(source, Path):
        with _decoded(source) as text:
            yield text
        return
    try:
        stream = source.open("rb")
    except OSError as error:
        raise BadFile(f"{source}: cannot be read: {error.strerror}") from error
    with stream, _decoded(stream) as text:
        yield text


@contextmanager
def _decoded(stream: BinaryIO) -> Iterator[TextIO]:
    if isinstance(stream, io.BufferedReader):
        buffered = stream
    else:
        buffered = io.BufferedReader(cast(io.RawIOBase, stream))  # whatever has readinto()
    encoding = _encoding(buffered.peek(4)[:4])
    text = io.TextIOWrapper(buffered, encoding, errors="replace", newline="")
    try:
        yield text
    finally:
        text.detach()  # else it would close the stream
        if buffered is not stream:
            buffered.detach()


def _encoding(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise BadFile("the file is UTF-32: save it as UTF-8")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(b"PK\x03\x04"):
        raise BadFile("the file is a spreadsheet or a zip: export the table as CSV")
    if b"\0" in head:
        raise BadFile("the file is not text in UTF-8: save it as CSV in UTF-8")
    return "utf-8-sig"


@dataclass(frozen=True, slots=True)
class Record:
    """`row` counts records, blank ones too, as a spreadsheet does; the first is 1.

    `fault` says why there are no cells: this row is not well-formed.
    """

    row: int
    cells: tuple[str, ...] = ()
    fault: str = ""

    @property
    def blank(self) -> bool:
        return not self.fault and not any(self.cells)


def records(text: TextIO) -> Iterator[Record]:
    """Every record of the file (RFC 4180; also separated by semicolons or tabs).

    After a malformed record reading goes on with the second of its lines: a quote that is never
    closed costs its own row, not all that follow.
    """
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=_delimiter(lines), strict=True)
    row = 0
    while True:
        row += 1
        lines.begin_record()
        try:
            record = Record(row, tuple(next(reader)))
        except StopIteration:
            return
        except csv.Error as error:
            lines.return_to_second()
            record = Record(row, fault=_explained(str(error)))
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
    """The lines of a text, with a way back to the second line of the record being read."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._again: deque[str | None] = deque()  # None stands for a line that is too long
        self._record: list[str | None] = []
        self._length = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        if line == "":
            raise StopIteration
        self._record.append(line)
        self._length += MAX_RECORD if line is None else len(line)
        if line is None or self._length > MAX_RECORD:
            raise csv.Error(_TOO_LONG)
        return line

    def first(self) -> str:
        """The first line that is not blank, which is read again afterwards."""
        read: list[str | None] = []
        while (line := self._read()) is not None and line.isspace():
            read.append(line)
        self._again.extend((*read, line) if line != "" else read)
        return line or ""

    def begin_record(self) -> None:
        self._record.clear()
        self._length = 0

    def return_to_second(self) -> None:
        self._again.extendleft(reversed(self._record[1:]))

    def _read(self) -> str | None:
        line = self._text.readline(MAX_RECORD)
        if len(line) < MAX_RECORD:
            return line
        while line and not line.endswith(("\n", "\r")):
            line = self._text.readline(MAX_RECORD)
        return None


def _delimiter(lines: _Lines) -> str:
    """Told from the header line, outside of quotes; where nothing tells it, a comma."""
    bare = re.sub(r'"[^"]*"', "", lines.first())
    return max(",;\t", key=bare.count)
