"""An import: read whole and put aside, then stored person by person, a transaction per chunk.

An import that was stopped is run again: what is there already counts as unchanged.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from subscribers.abreast import abreast
from subscribers.admission import Case
from subscribers.attributes import check_evidence
from subscribers.database import writers
from subscribers.errors import BadFile, NoFile
from subscribers.garbage import collected_rarely, tidied
from subscribers.importing.opening import opened
from subscribers.importing.reading import Count, Reading, Reject, Wishes
from subscribers.importing.report import ImportReport, Stand, stand
from subscribers.importing.staging import Staging, staging
from subscribers.importing.table import Record, Table
from subscribers.model import Added
from subscribers.roster import Roster
from subscribers.store import Store

CHUNK = 10_000  # people in one transaction: a fraction of a second, for which others wait
_TIDY = 10  # chunks after which memory is tidied
_TYPOS = 100  # domains that a report names


def _uncounted(_more: int) -> None:
    """Nobody looks."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Is told how many rows were read, and then how many people are stored, since it was last."""

    read: Count = _uncounted
    stored: Count = _uncounted


def import_file(
    store: Store,
    source: Path | BinaryIO,
    list_name: str,
    wishes: Wishes,
    at: dt.datetime,
    *,
    dry_run: bool = False,
    reject: Reject | None = None,
    watch: Watch | None = None,
) -> ImportReport:
    """Bring the people of a file onto a list; `source` is a path or a binary stream.

    `dry_run` gives the same report and writes nothing; `reject` is told of every bad row, `watch`
    how far it is. Raises UnknownList, NoFile, and BadFile where the file as a whole cannot be read:
    then nothing is written.
    """
    if wishes.confirmed is not None:
        check_evidence(wishes.confirmed)
    roster, watch = store.roster(list_name), watch or Watch()
    with collected_rarely(), staging() as staged:
        kinds, told = store.attributes(), reject or _nobody
        reading = Reading(wishes, kinds, store.reserved, at, staged, told, watch.read)
        _read(reading, source)
        tally = _stored(roster, staged, at, dry_run, watch.stored)
        return _report(reading, tally, staged.repeated)


def _read(reading: Reading, source: Path | BinaryIO) -> None:
    where = f"{source}: " if isinstance(source, Path) else ""
    try:
        with opened(source) as tables:
            reading.tables(tables)
    except BadFile as error:
        raise BadFile(f"{where}{error}") from error
    except FileNotFoundError as error:
        raise NoFile(f"{where}there is no such file: mend its name") from error
    except OSError as error:
        raise BadFile(f"{where}cannot be read: {error.strerror or error}") from error


def _nobody(table: Table, record: Record, message: str) -> None:
    """Is told of bad rows."""


class _Tally:
    """What came of those who were put aside."""

    def __init__(self) -> None:
        self.added: Counter[Added] = Counter()
        self.stands: Counter[Stand] = Counter()

    def count(self, cases: Sequence[Case]) -> None:
        added, stands = [case.change.added for case in cases], list(map(stand, cases))
        self.added.update({each: added.count(each) for each in Added})
        self.stands.update({each: stands.count(each) for each in Stand})


def _stored(roster: Roster, staged: Staging, at: dt.datetime, dry_run: bool, told: Count) -> _Tally:
    tally = _Tally()
    admit = roster.rehearse if dry_run else partial(roster.admit, at=at)
    chunks = abreast(admit, staged.people(CHUNK), writers(roster.database))
    for cases in tidied(chunks, _TIDY):
        tally.count(cases)
        told(len(cases))
        del cases
    if not dry_run and tally.added[Added.ADDED] > CHUNK:
        roster.take_stock()
    return tally


def _report(reading: Reading, tally: _Tally, repeated: int) -> ImportReport:
    left_out = reading.never + repeated
    return ImportReport(
        reading.read,
        tally.added[Added.ADDED],
        tally.added[Added.UPDATED],
        tally.added[Added.UNCHANGED],
        tally.added[Added.KEPT] + left_out,
        reading.bad,
        reading.never,
        repeated,
        {each: tally.stands[each] for each in Stand},
        tuple(reading.errors),
        tuple(reading.recognised),
        tuple(reading.passed_over),
        tuple(reading.samples),
        dict(reading.typos.most_common(_TYPOS)),
    )
