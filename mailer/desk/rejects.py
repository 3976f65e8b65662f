"""The bad rows of an import in a file, as they came, each behind the reason: to be mended there
and imported from there."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from mailer.errors import UsageError
from subscribers.importing.header import REASON
from subscribers.importing.reading import Reject
from subscribers.importing.table import Record, Table


@contextmanager
def rejects(path: Path, source: Path) -> Iterator[Reject]:
    """A file for those of one table; of an archive with several, one beside the other, each with
    its name. No bad rows, no file. Raises UsageError where it would be the source itself."""
    if path.exists() and source.exists() and path.samefile(source):
        raise UsageError(f"{path}: is the file that is read: name another for the bad rows")
    with ExitStack() as stack:
        writers: dict[str, Any] = {}

        def reject(table: Table, record: Record, message: str) -> None:
            if table.place not in writers:
                stream = stack.enter_context(_private(_beside(path, table)))
                writers[table.place] = csv.writer(stream)
                writers[table.place].writerow([REASON, *table.headings])
            writers[table.place].writerow([message, *(record.cells or [record.raw])])

        yield reject


def _beside(path: Path, table: Table) -> Path:
    return path.with_stem(f"{path.stem}-{Path(table.place).stem}") if table.place else path


@contextmanager
def _private(path: Path) -> Iterator[Any]:
    """For its owner alone: people's addresses are in it. With a mark at its beginning, by which
    spreadsheets know UTF-8."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as stream:
        yield stream
