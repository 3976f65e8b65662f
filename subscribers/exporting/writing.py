"""Writing an export: one table as CSV, several as a ZIP of them, or a JSON object a line."""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import chain
from tempfile import TemporaryFile
from typing import IO

from subscribers.exporting.formats import Sheet
from subscribers.exporting.member import Member
from subscribers.spreadsheet import defused, defused_table


@dataclass(frozen=True, slots=True)
class Exported:
    """How many were written, and how many the format has no place for."""

    written: int
    left_out: int


Pages = Iterable[Sequence[Member]]


def write_tables(pages: Pages, sheets: Sequence[Sheet], target: IO[bytes]) -> Exported:
    """CSV as RFC 4180 has it, in UTF-8, without cells that a spreadsheet would run. Several tables
    wait in private files that vanish, so that one pass does for all."""
    if len(sheets) == 1:
        return _write(pages, sheets, [target])
    with ExitStack() as stack:
        files: list[IO[bytes]] = [stack.enter_context(TemporaryFile()) for _ in sheets]
        counts = _write(pages, sheets, files)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
            for sheet, file in zip(sheets, files, strict=True):
                file.seek(0)
                with packed.open(sheet.name, "w", force_zip64=True) as inside:
                    shutil.copyfileobj(file, inside)
    return counts


def _write(pages: Pages, sheets: Sequence[Sheet], files: Sequence[IO[bytes]]) -> Exported:
    written = left_out = 0
    with ExitStack() as stack:
        tables = [stack.enter_context(_table(*each)) for each in zip(sheets, files, strict=True)]
        for page in pages:
            taken = sum(take(page) for take in tables)
            written += taken
            left_out += len(page) - taken
    return Exported(written, left_out)


@contextmanager
def _table(sheet: Sheet, file: IO[bytes]) -> Iterator[Callable[[Sequence[Member]], int]]:
    """Takes those of a page who belong into it, and says how many; the file stays open."""
    text = TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow(defused(sheet.header))

    def take(page: Sequence[Member]) -> int:
        rows = [sheet.row(member) for member in page if sheet.holds(member)]
        writer.writerows(defused_table(rows))
        return len(rows)

    try:
        yield take
    finally:
        text.detach()


def write_jsonl(pages: Pages, target: IO[bytes]) -> Exported:
    """What our own CSV has, in the types of JSON."""
    written = 0
    for member in chain.from_iterable(pages):
        target.write(json.dumps(_object(member), ensure_ascii=False).encode() + b"\n")
        written += 1
    return Exported(written, 0)


def _object(member: Member) -> dict[str, object]:
    times = {"joined_at": member.joined, "confirmed_at": member.confirmed, "left_at": member.left}
    return {
        "email": member.email,
        "status": member.standing,
        **{name: at.isoformat() for name, at in times.items() if at is not None},
        "consent": member.consent,
        "consent_ip": member.ip,
        "tags": list(member.tags),
        "attributes": member.attributes,
    }
