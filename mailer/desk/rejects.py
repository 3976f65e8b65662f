"""The bad rows of an import in a file, as they came, each behind the reason: to be mended there
and imported from there."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from mailer.errors import MailerError, UsageError
from subscribers.importing import formats
from subscribers.importing.header import REASON
from subscribers.importing.report import Recognised
from subscribers.importing.table import Record, Table


class Rejects:
    """A file for those of one table; of an archive with several, one beside the other, each with
    its name, and so where a name says how the people of a table stand. No bad rows, no file.
    `files` are those that were written."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self.files: list[Path] = []
        self._path = path
        self._stack = stack
        self._writers: dict[Path, Any] = {}

    def take(self, table: Table, record: Record, message: str) -> None:
        file = self._file(table)
        with _written(file):
            if file not in self._writers:
                self._writers[file] = self._begun(file, table)
            self._writers[file].writerow([message, *(record.cells or [record.raw])])

    def end(self, tables: Iterable[Recognised]) -> None:
        """These tables were read: what another run left of them goes, so that no file tells of rows
        that are not bad now. What else has that name stays."""
        for file in {self._path, *map(self._file, tables)}:
            if file not in self.files and _is_one(file):
                file.unlink()

    def _file(self, table: Table | Recognised) -> Path:
        name = table.file if formats.tells(table.file) else table.place
        return self._path.with_stem(f"{self._path.stem}-{Path(name).stem}") if name else self._path

    def _begun(self, file: Path, table: Table) -> Any:
        writer = csv.writer(self._stack.enter_context(_private(file)))
        writer.writerow([REASON, *table.headings])
        self.files.append(file)
        return writer


@contextmanager
def rejects(path: Path, source: Path) -> Iterator[Rejects]:
    """Raises UsageError where it would be the source itself."""
    if path.exists() and source.exists() and path.samefile(source):
        raise UsageError(f"{path}: is the file that is read: name another for the bad rows")
    with _written(path), ExitStack() as stack:
        yield Rejects(path, stack)


@contextmanager
def _written(file: Path) -> Iterator[None]:
    """Raises MailerError where it cannot be, and not that the source cannot be read."""
    try:
        yield
    except OSError as error:
        why = error.strerror or error
        raise MailerError(f"{file}: the bad rows cannot be written: {why}: name another") from error


def _is_one(file: Path) -> bool:
    """Whether it begins as all of these files do."""
    if not file.is_file():
        return False
    with file.open(encoding="utf-8-sig", errors="replace") as stream:
        return stream.read(len(REASON)) == REASON


@contextmanager
def _private(path: Path) -> Iterator[Any]:
    """For its owner alone: people's addresses are in it. With a mark at its beginning, by which
    spreadsheets know UTF-8."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as stream:
        yield stream
