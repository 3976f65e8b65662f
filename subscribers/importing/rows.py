"""One record of a file → somebody to be added, or the reason why not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from subscribers import address
from subscribers.admission import Entry
from subscribers.attributes import check_value, is_fit
from subscribers.errors import BadFile, BadValue
from subscribers.importing.header import CONSENT, JOINED, Header
from subscribers.importing.text import Record
from subscribers.model import Consent, ConsentChange

HOW = "import"

_FIRST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_ZONES = dt.timedelta(days=1)  # today's date may be tomorrow's in UTC


@dataclass(frozen=True, slots=True)
class Source:
    """What holds for all rows of an import. `confirmed` says where the consent comes from; where
    it is None, everybody stays pending."""

    header: Header
    confirmed: str | None
    at: dt.datetime

    def entry(self, record: Record) -> Entry:
        """Raises BadAddress, BadValue, BadFile for a row that cannot be taken."""
        cells = record.cells
        self._check(record)
        known = address.parse(cells[self.header.address])
        if not is_fit("".join(cells)):
            self._name_unfit(cells)
        joined = self._joined(cells)
        return Entry(
            known,
            self._attributes(cells),
            self._consent(cells, joined),
            ConsentChange.IMPORTED,
            None if self.confirmed is None else joined or self.at,
        )

    def _attributes(self, cells: tuple[str, ...]) -> dict[str, str]:
        """Without the white space around them; a blank cell says nothing."""
        found = ((name, cells[position].strip()) for position, name in self.header.attributes)
        return {name: value for name, value in found if value}

    def _check(self, record: Record) -> None:
        if record.fault:
            raise BadFile(record.fault)
        cells, width = record.cells, self.header.width
        if len(cells) != width:
            raise BadFile(
                f"has {_count(len(cells))} where the header has {width}: "
                "add what is missing, or put quotes around a cell that holds a separator"
            )
        for position in self.header.unnamed:
            if cells[position].strip():
                raise BadFile(f"cell {position + 1} stands in a column without a name: name it")

    def _name_unfit(self, cells: tuple[str, ...]) -> None:
        for position, name in self.header.attributes:
            check_value(name, cells[position])
        if self.header.consent is not None:
            check_value(CONSENT, cells[self.header.consent])

    def _joined(self, cells: tuple[str, ...]) -> dt.datetime | None:
        """An ISO 8601 date or time; without a zone it is UTC."""
        text = "" if self.header.joined is None else cells[self.header.joined].strip()
        if not text:
            return None
        try:
            joined = dt.datetime.fromisoformat(text)
        except ValueError as error:
            raise BadValue(f"{JOINED}: {text!r} is not a date like 2021-01-31") from error
        joined = joined if joined.tzinfo else joined.replace(tzinfo=dt.UTC)
        if not _FIRST <= joined <= self.at + _ZONES:
            raise BadValue(f"{JOINED}: {text!r} lies in the future or before 1970: mend the date")
        return min(joined, self.at)

    def _consent(self, cells: tuple[str, ...], joined: dt.datetime | None) -> Consent:
        own = "" if self.header.consent is None else cells[self.header.consent].strip()
        given = f"given on {joined.date().isoformat()}" if joined else ""
        return Consent(HOW, "; ".join(part for part in (self.confirmed, own, given) if part))


def _count(cells: int) -> str:
    return f"{cells} cell" + ("" if cells == 1 else "s")
