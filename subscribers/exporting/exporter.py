"""A list's people into a file, in the form that was asked for."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

from subscribers.exporting import reading
from subscribers.exporting.teamwork import written
from subscribers.exporting.writing import JSONL, NAMES, Table, tables
from subscribers.garbage import collected_rarely, tidied
from subscribers.store import Store

__all__ = ["NAMES", "PACKED", "Exported", "export"]

_TIDY = 20  # pages after which memory is tidied
PACKED = ("mailchimp", "listmonk")  # several tables in a ZIP file


@dataclass(frozen=True, slots=True)
class Exported:
    """How many were written, and how many the format has no place for."""

    written: int
    left_out: int


def export(
    store: Store,
    list_name: str,
    form: str,
    target: IO[bytes],
    told: Callable[[int], None] | None = None,
) -> Exported:
    """Write everybody on a list, in whatever state, as far as the form has a place for them.
    `form` is one of NAMES; `told` how many more were looked at. Raises UnknownList and HandLost."""
    list_id = store.list(list_name).id
    names = () if form == JSONL else reading.attribute_names(store.database, list_id)
    pages = reading.pages(store.database, list_id, store.fingerprint)
    taken = everybody = 0
    with collected_rarely(), _files(tables(form, names), target) as files:
        for people, of_tables in tidied(written(form, names, pages), _TIDY):
            everybody += people
            for (count, lines), file in zip(of_tables, files, strict=True):
                taken += count
                file.write(lines)
            if told is not None:
                told(people)
    return Exported(taken, everybody - taken)


@contextmanager
def _files(of: Sequence[Table], target: IO[bytes]) -> Iterator[Sequence[IO[bytes]]]:
    """A file for each table, begun. Several wait in private ones that vanish, so that one pass does
    for all."""
    with ExitStack() as stack:
        files = [target] if len(of) == 1 else [stack.enter_context(TemporaryFile()) for _ in of]
        for table, file in zip(of, files, strict=True):
            file.write(table.head())
        yield files
        if len(of) > 1:
            _pack(of, files, target)


def _pack(of: Sequence[Table], files: Sequence[IO[bytes]], target: IO[bytes]) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for table, file in zip(of, files, strict=True):
            file.seek(0)
            with packed.open(table.name, "w", force_zip64=True) as inside:
                shutil.copyfileobj(file, inside)
