"""One record of a table → somebody to be added, or the reason why not. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from subscribers import address, tags
from subscribers.admission import Departure, Entry
from subscribers.attributes import check_value, encoded, is_fit
from subscribers.errors import BadFile, BadValue
from subscribers.importing import flattening
from subscribers.importing.dates import moment
from subscribers.importing.formats import Format
from subscribers.importing.header import Header
from subscribers.importing.meaning import WORDS, Claim, Meaning
from subscribers.importing.table import Record
from subscribers.kinds import Definition, fitted
from subscribers.model import Consent, ConsentChange, SuppressionReason

HOW = "import"
_REASONS = {
    Claim.UNSUBSCRIBED: SuppressionReason.UNSUBSCRIBED,
    Claim.BOUNCED: SuppressionReason.BOUNCED,
    Claim.COMPLAINED: SuppressionReason.COMPLAINED,
    Claim.BLOCKED: SuppressionReason.MANUAL,
}
_COMPLAINTS = ("spam", "abuse", "complain")  # in the words why somebody left
_SHOWN = 60  # characters of a word that is not known
_EVIDENCE = (
    (Meaning.SIGNED_UP, "signed up", Meaning.SIGNED_UP_IP),
    (Meaning.CONFIRMED, "confirmed", Meaning.CONFIRMED_IP),
)


@dataclass(frozen=True, slots=True)
class Source:
    """What holds for all rows of a table. `claim` is how they stand where no column says it;
    `confirmed` says where the consent of all subscribers comes from, None where nobody says so."""

    format: Format
    header: Header
    claim: Claim
    confirmed: str | None
    definitions: Mapping[str, Definition]
    reserved: Set[str]
    at: dt.datetime

    def entry(self, record: Record) -> Entry | None:
        """None for somebody who never subscribed. Raises BadAddress, BadValue, BadFile for a row
        that cannot be taken."""
        cells = record.cells
        self._check(record)
        known = address.parse(cells[self.header.address])
        if not is_fit("".join(cells)):
            self._name_unfit(cells)
        claim = self._claim(cells)
        if claim is Claim.NEVER:
            return None
        return Entry(
            known,
            self._attributes(cells),
            self._consent(cells, claim),
            ConsentChange.IMPORTED,
            self._confirmed_at(cells) if claim is Claim.SUBSCRIBED else None,
            self._departure(cells, claim) if claim in _REASONS else None,
            self._tags(cells) if Meaning.TAGS in self.header.positions else _NO_TAGS,
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

    def _cell(self, cells: Sequence[str], meaning: Meaning) -> str:
        """ "" where no column means it."""
        position = self.header.positions.get(meaning)
        return "" if position is None else cells[position].strip()

    def _moment(self, cells: Sequence[str], meaning: Meaning) -> dt.datetime | None:
        position = self.header.positions.get(meaning)
        if position is None or not (text := cells[position].strip()):
            return None
        return moment(self.header.headings[position], text, self.at)

    def _attributes(self, cells: Sequence[str]) -> str:
        """Without the white space around them; a blank cell says nothing."""
        found = {
            name: value
            for position, name in self.header.attributes
            if (value := cells[position].strip())
        }
        if members := self._cell(cells, Meaning.OBJECT):
            found |= flattening.attributes(members, self.reserved)
        return encoded(fitted(self.definitions, found) if self.definitions else found)

    def _claim(self, cells: Sequence[str]) -> Claim:
        claim = self.claim
        if Meaning.STATUS in self.header.positions:
            claim = self._status(self._cell(cells, Meaning.STATUS))
        why = self._cell(cells, Meaning.WHY).lower()
        if claim is Claim.UNSUBSCRIBED and any(word in why for word in _COMPLAINTS):
            return Claim.COMPLAINED
        if claim is Claim.SUBSCRIBED and self._cell(cells, Meaning.LEFT):
            return Claim.UNSUBSCRIBED
        return claim

    def _status(self, word: str) -> Claim:
        folded = word.lower()
        claim = self.format.words.get(folded) or WORDS.get(folded)
        if claim is None:
            raise BadValue(f"the status {word[:_SHOWN]!r} is not known: write {_STATUSES}")
        return claim

    def _confirmed_at(self, cells: Sequence[str]) -> dt.datetime | None:
        """When, where the row or the editor tells of the consent."""
        proof = self.format.proof
        proven = bool(proof) and all(self._cell(cells, meaning) for meaning in proof)
        if self.confirmed is None and not proven:
            return None
        order = (Meaning.CONFIRMED, Meaning.SIGNED_UP, Meaning.JOINED, Meaning.CREATED)
        return next((when for meaning in order if (when := self._moment(cells, meaning))), self.at)

    def _consent(self, cells: Sequence[str], claim: Claim) -> Consent:
        parts = [
            self.confirmed if claim is Claim.SUBSCRIBED else None,
            self._cell(cells, Meaning.CONSENT),
            *self._steps(cells),
        ]
        ip = self._cell(cells, Meaning.CONFIRMED_IP) or self._cell(cells, Meaning.SIGNED_UP_IP)
        return Consent(self._how, "; ".join(part for part in parts if part), ip or None)

    @property
    def _how(self) -> str:
        return HOW if not self.format.told_by else f"{HOW} from {self.format.name}"

    def _steps(self, cells: Sequence[str]) -> list[str]:
        """What the source noted of how somebody came."""
        steps = []
        for meaning, words, address_meaning in _EVIDENCE:
            if when := self._moment(cells, meaning):
                place = self._cell(cells, address_meaning)
                from_where = f" from {place}" if place else ""
                steps.append(f"{words} on {when:%Y-%m-%d %H:%M} UTC{from_where}")
        if joined := self._moment(cells, Meaning.JOINED):
            steps.append(f"given on {joined.date().isoformat()}")
        if created := self._moment(cells, Meaning.CREATED):
            steps.append(f"there since {created.date().isoformat()}")
        return steps

    def _departure(self, cells: Sequence[str], claim: Claim) -> Departure:
        why = self._cell(cells, Meaning.WHY)
        source = f"{self._how}: {claim.value}" + (f", {why}" if why else "")
        return Departure(_REASONS[claim], source, self._moment(cells, Meaning.LEFT))

    def _tags(self, cells: Sequence[str]) -> frozenset[str]:
        text = self._cell(cells, Meaning.TAGS)
        words = flattening.words(text) or text.split(self.format.separator)
        return frozenset(tags.check(found) for word in words if (found := word.strip(' "')))


_NO_TAGS: frozenset[str] = frozenset()
_STATUSES = ", ".join(claim.value for claim in Claim)


def _count(cells: int) -> str:
    return f"{cells} cell" + ("" if cells == 1 else "s")
