"""One record of a table → somebody to be added, or the reason why not. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from subscribers import address
from subscribers.admission import Entry
from subscribers.attributes import check_value, encoded, is_fit
from subscribers.errors import BadFile
from subscribers.importing import flattening
from subscribers.importing.formats import Format
from subscribers.importing.header import Header
from subscribers.importing.meaning import Claim, Meaning
from subscribers.importing.table import Record
from subscribers.importing.telling import Telling, Told
from subscribers.kinds import Definition, fitted
from subscribers.spreadsheet import restored


@dataclass(frozen=True, slots=True)
class Source:
    """What holds for all rows of a table. `claim` is how they stand where no column says it;
    `confirmed` says where the consent of all subscribers comes from, None where nobody says so;
    `defused` whether cells are to be restored, see `spreadsheet`."""

    format: Format
    header: Header
    claim: Claim
    confirmed: str | None
    definitions: Mapping[str, Definition]
    reserved: Set[str]
    at: dt.datetime
    defused: bool = False

    def entry(self, record: Record) -> Entry | None:
        """None for somebody who never subscribed. Raises BadAddress, BadValue, BadFile for a row
        that cannot be taken."""
        self._check(record)
        cells = list(map(restored, record.cells)) if self.defused else record.cells
        known = address.parse(cells[self.header.address])
        if not is_fit("".join(cells)):
            self._name_unfit(cells)
        words = {meaning: cells[position] for meaning, position in self.header.positions.items()}
        told = self.told(words)
        return None if told is None else Entry(known, self._attributes(cells), *told)

    def told(self, cells: Mapping[Meaning, str]) -> Told | None:
        """What those with a meaning tell; None of somebody who never subscribed. Raises
        BadValue."""
        words = {meaning: word for meaning, cell in cells.items() if (word := cell.strip())}
        return Telling(self.format, self.header.meant, words, self.at).told(
            self.claim, self.confirmed
        )

    def _check(self, record: Record) -> None:
        if record.fault:
            raise BadFile(record.fault)
        cells, width = record.cells, len(self.header.headings)
        if len(cells) != width:
            raise BadFile(
                f"has {_count(len(cells))} where the header has {width}: "
                "add what is missing, or put quotes around a cell that holds a separator"
            )
        for position in self.header.unnamed:
            if cells[position].strip():
                raise BadFile(f"cell {position + 1} stands in a column without a name: name it")

    def _name_unfit(self, cells: Sequence[str]) -> None:
        for position, name in self.header.attributes:
            check_value(name, cells[position])
        for meaning, position in self.header.positions.items():
            if meaning is not Meaning.OBJECT:
                check_value(self.header.headings[position], cells[position])

    def _attributes(self, cells: Sequence[str]) -> str:
        """Without the white space around them; a blank cell says nothing."""
        found = {
            name: value
            for position, name in self.header.attributes
            if (value := cells[position].strip())
        }
        place = self.header.positions.get(Meaning.OBJECT)
        if place is not None and (members := cells[place].strip()):
            found |= flattening.attributes(members, self.reserved)
        return encoded(fitted(self.definitions, found) if self.definitions else found)


def _count(cells: int) -> str:
    return f"{cells} cell" + ("" if cells == 1 else "s")
