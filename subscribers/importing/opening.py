"""From a file to its tables: what it is is told by its first bytes, never by its name."""

from __future__ import annotations

import io
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from subscribers.errors import BadFile
from subscribers.importing import addresses, delimited, encoding, jsonl, workbook
from subscribers.importing.table import Table

_ZIP = b"PK\x03\x04"
_TABLES = (".csv", ".tsv", ".txt", ".jsonl", ".xlsx")  # what an archive may bring
_ARRAY = re.compile(r"\s*\[\s*(?:\{|\Z)")
_MOST_OCTETS = 1 << 34  # of one file, unpacked


@contextmanager
def opened(source: Path | BinaryIO) -> Iterator[Iterable[Table]]:
    """The tables of a file, or of a stream that stays open; each is read before the next is asked
    for. Those of an archive can be asked for again. They raise BadFile, or OSError, for what cannot
    be read."""
    name = source.name if isinstance(source, Path) else ""
    kept = source.open("rb") if isinstance(source, Path) else _kept(source)
    with kept as stream:
        yield _Tables(stream, name)


@dataclass(frozen=True, slots=True)
class _Tables:
    stream: BinaryIO
    name: str

    def __iter__(self) -> Iterator[Table]:
        self.stream.seek(0)
        with closing(_tables(self.stream, self.name)) as tables:
            yield from tables


@contextmanager
def _kept(stream: BinaryIO) -> Iterator[BinaryIO]:
    """A copy that can be read twice, in a private file that vanishes."""
    with tempfile.TemporaryFile() as copy:
        _fill(copy, stream)
        yield copy


def _fill(copy: BinaryIO, source: IO[bytes]) -> None:
    try:
        shutil.copyfileobj(source, copy)
        copy.seek(0)
    except OSError as error:
        raise BadFile(
            f"cannot be put aside ({error.strerror or error}): is there room in "
            f"{tempfile.gettempdir()}? TMPDIR names another folder"
        ) from error


def _tables(stream: BinaryIO, name: str) -> Generator[Table]:
    packed = stream.read(len(_ZIP)) == _ZIP
    stream.seek(0)
    if not packed:
        yield from _text(stream, name)
        return
    try:
        with zipfile.ZipFile(stream) as archive:
            if not workbook.is_workbook(archive):
                yield from _members(archive)
                return
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise BadFile(f"is a damaged zip ({error}): fetch it once more") from error
    yield workbook.table(stream, name)


def _members(archive: zipfile.ZipFile) -> Iterator[Table]:
    """Of an archive, such as the one with a whole audience; other files in it are passed over."""
    members = [member for member in archive.infolist() if _is_table(member)]
    if not members:
        raise BadFile(f"the zip holds no table: no file that ends in {', '.join(_TABLES)}")
    for member in members:
        name = PurePosixPath(member.filename).name
        with tempfile.TemporaryFile() as unpacked:
            try:
                _unpack(archive, member, unpacked)
                for table in _tables(unpacked, name):
                    yield replace(table, packed=True)
            except BadFile as error:
                raise BadFile(f"{name}: {error}") from error


def _is_table(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return path.suffix.lower() in _TABLES and bool(member.file_size) and not hidden


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, unpacked: BinaryIO) -> None:
    if member.file_size > _MOST_OCTETS:  # zipfile unpacks no more than it says there
        raise BadFile(f"unpacks to {member.file_size:,} octets: split it")
    try:
        with archive.open(member) as inside:
            _fill(unpacked, inside)
    except RuntimeError as error:
        raise BadFile("is locked with a password: unpack it first") from error


def _text(stream: BinaryIO, name: str) -> Iterator[Table]:
    """Bytes that do not fit the encoding become U+FFFD, so that they cost their own row only."""
    codec = encoding.told(stream)
    with io.TextIOWrapper(stream, codec, errors="replace", newline="") as text:
        yield _table(text, name, encoding.NAMES[codec])


def _table(text: io.TextIOWrapper, name: str, encoding_name: str) -> Table:
    first = _first_line(text)
    text.seek(0)
    if first.startswith("{"):
        return jsonl.table(text, name, encoding_name)
    if _ARRAY.match(first):
        raise BadFile("is one JSON array: write its objects one a line, as `jq -c '.[]'` does")
    if addresses.is_list(first):
        return addresses.table(text, name, encoding_name)
    return delimited.table(text, name, encoding_name)


def _first_line(text: io.TextIOWrapper) -> str:
    """The first that says something: not a blank one, nor a remark above a list of addresses."""
    while (line := delimited.bounded_line(text)).isspace() or line.startswith(addresses.REMARK):
        pass
    return line
