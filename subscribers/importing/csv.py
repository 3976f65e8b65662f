"""CSV files: streamed, a transaction per chunk, good rows kept and bad ones named.

An import that was stopped is run again: what is there already counts as unchanged.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from subscribers.admission import Entry
from subscribers.attributes import check_evidence
from subscribers.errors import BadFile, SubscribersError
from subscribers.importing import header
from subscribers.importing.rehearsal import Rehearsal, rehearsal
from subscribers.importing.rows import Source
from subscribers.importing.text import Record, opened, records
from subscribers.model import Added, ImportReport, RowError
from subscribers.roster import Roster
from subscribers.store import Store

CHUNK = 1_000  # rows in one transaction


def import_csv(
    store: Store,
    source: Path | BinaryIO,
    list_name: str,
    confirmed: str | None,
    at: dt.datetime,
    dry_run: bool = False,
) -> ImportReport:
    """Bring the rows of a CSV file onto a list; `source` is a path or a binary stream.

    `confirmed` says where the consent of all of them comes from; without it they stay pending.
    `dry_run` gives the same report and writes nothing. Raises UnknownList, and BadFile where
    the file as a whole cannot be read.
    """
    if confirmed is not None:
        check_evidence(confirmed)
    roster = store.roster(list_name)
    with opened(source) as text, _admitting(roster, dry_run) as admitting:
        rows = records(text)
        columns = header.parse(_headings(rows), store.reserved)
        return _imported(admitting, rows, Source(columns, confirmed, at))


def _admitting(roster: Roster, dry_run: bool) -> AbstractContextManager[Roster | Rehearsal]:
    return rehearsal(roster) if dry_run else nullcontext(roster)


def _headings(rows: Iterator[Record]) -> Sequence[str]:
    for record in rows:
        if record.fault:
            raise BadFile(f"row {record.row}: {record.fault}")
        if not record.blank:
            return record.cells
    raise BadFile("the file is empty: its first line must name the columns, one of them `email`")


def _imported(
    admitting: Roster | Rehearsal, rows: Iterator[Record], source: Source
) -> ImportReport:
    read = 0
    counts: Counter[Added] = Counter()
    errors: list[RowError] = []
    while chunk := list(islice(rows, CHUNK)):
        filled = [record for record in chunk if not record.blank]
        read += len(filled)
        entries = list(_entries(filled, source, errors))
        if entries:
            changes = admitting.admit(entries, source.at).changes
            counts.update(change.added for change in changes)
    return ImportReport(
        read,
        counts[Added.ADDED],
        counts[Added.UPDATED],
        counts[Added.UNCHANGED],
        counts[Added.KEPT],
        tuple(errors),
    )


def _entries(rows: Iterable[Record], source: Source, errors: list[RowError]) -> Iterator[Entry]:
    """The good rows; the others go to `errors`."""
    for record in rows:
        try:
            yield source.entry(record)
        except SubscribersError as error:
            errors.append(RowError(record.row, str(error)))
