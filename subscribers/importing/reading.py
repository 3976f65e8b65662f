"""Reading the tables of a file: every row is put aside, left out, or named as bad."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

from subscribers.admission import STRANGER, Entry, admit
from subscribers.attributes import decoded
from subscribers.errors import BadFile, SubscribersError
from subscribers.importing import formats, header
from subscribers.importing.report import Recognised, RowError, Sample, stand
from subscribers.importing.rows import Source
from subscribers.importing.sifting import Chunk, Sifted
from subscribers.importing.staging import Staging
from subscribers.importing.table import Record, Table
from subscribers.importing.teamwork import sifted
from subscribers.kinds import Definition

CHUNK = 2_000  # rows sifted, and put aside, together
MOST_ERRORS = 10_000  # kept in memory
_SAMPLES = 3  # of each table

Reject = Callable[[Table, Record, str], None]  # told of every bad row, and why it is bad
Count = Callable[[int], None]  # told how many more there are


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a file is to be read: as what (one of `formats.NAMES`), what its columns mean (folded
    heading → meaning or attribute), where the consent of its subscribers comes from."""

    format: str = "auto"
    mapping: Mapping[str, str] = field(default_factory=dict)
    confirmed: str | None = None


@dataclass
class Reading:
    """Counts while it reads; see `ImportReport`. `definitions` are of the attributes that have a
    kind; none may take one of the `reserved` names."""

    wishes: Wishes
    definitions: Mapping[str, Definition]
    reserved: Set[str]
    at: dt.datetime
    staged: Staging
    reject: Reject
    counted: Count
    read: int = 0
    bad: int = 0
    never: int = 0
    errors: list[RowError] = field(default_factory=list)
    recognised: list[Recognised] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    typos: Counter[str] = field(default_factory=Counter)

    def tables(self, tables: Iterable[Table]) -> None:
        """`tables` can be gone through twice. Raises BadFile where none of them has people."""
        others = [table.file for table in tables if not self._read(table, strange=False)]
        if others and not self.recognised:
            others = [table.file for table in tables if not self._read(table, strange=True)]
        if others and not self.recognised:
            raise BadFile(f"no column `email` in any of {', '.join(others)}")
        self.passed_over = others

    def _read(self, table: Table, strange: bool) -> bool:
        """Whether it holds people. `strange`: in an archive without a table of a program that we
        know, others are read."""
        try:
            source = self._source(table, strange)
        except BadFile as error:
            raise BadFile(f"{table.place}: {error}" if table.place else str(error)) from error
        if source is None:
            return False
        for chunk, found in sifted(source, self._chunks(table, source)):
            self._count(table, chunk, found)
        return True

    def _source(self, table: Table, strange: bool) -> Source | None:
        """None for what lies in an archive and has no addresses, or is not for us to read."""
        wishes = self.wishes
        known = self._format(table, strange)
        if known is None:
            return None
        if known is formats.PLAIN and wishes.format == "auto":
            header.check_departures(table.file, table.headings, wishes.mapping)
        columns = header.parse(table.headings, known, wishes.mapping, self.reserved)
        names = tuple(name for _, name in sorted(columns.attributes))
        self.recognised.append(
            Recognised(table.file, table.place, known.title, table.kind, names, columns.behind)
        )
        claim = known.claim_of(table.file)
        defused = known.defused and table.is_csv
        kinds, reserved = self.definitions, self.reserved
        return Source(known, columns, claim, wishes.confirmed, kinds, reserved, self.at, defused)

    def _format(self, table: Table, strange: bool) -> formats.Format | None:
        """A program's archive has more than its readers: to whom each issue went, say, those who
        left since among them."""
        wishes = self.wishes
        try:
            known = formats.recognised(table.headings, wishes.format)
        except BadFile:
            if table.packed and not strange:
                return None
            raise
        if not table.packed:
            return known
        is_strange = known is formats.PLAIN and wishes.format == "auto"
        has_people = header.has_addresses(table.headings, known, wishes.mapping)
        return known if has_people and (strange or not is_strange) else None

    def _chunks(self, table: Table, source: Source) -> Iterator[Chunk]:
        """Those that are not blank; samples are taken of the first."""
        rows = (record for record in table.records if not record.blank)
        wanted = _SAMPLES
        while chunk := list(islice(rows, CHUNK)):
            if wanted:
                self.samples += map(_sample, islice(_good(source, chunk), wanted))
                wanted = 0
            yield chunk

    def _count(self, table: Table, chunk: Chunk, found: Sifted) -> None:
        self.staged.add(found.rows)
        self.read += len(chunk)
        self.counted(len(chunk))
        self.never += found.never
        self.typos += found.typos
        for position, message in found.faults:
            self._name(table, chunk[position], message)

    def _name(self, table: Table, record: Record, message: str) -> None:
        self.bad += 1
        self.reject(table, record, message)
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(RowError(record.row, message, table.place))


def _good(source: Source, chunk: Chunk) -> Iterator[Entry]:
    for record in chunk:
        with suppress(SubscribersError):
            if (entry := source.entry(record)) is not None:
                yield entry


def _sample(entry: Entry) -> Sample:
    case = admit(STRANGER, entry)
    attributes = decoded(entry.attributes)
    return Sample(entry.address.email, stand(case), attributes, tuple(sorted(entry.tags)))
