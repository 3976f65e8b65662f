"""Rows as most of them are, a column at a time. Pure.

What becomes of them is what `Source.entry` makes of each by itself, in a sixth of the time; a row
that is in any way unlike the others is left to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import chain, repeat

from subscribers.address import plain
from subscribers.admission import NO_ATTRIBUTES
from subscribers.attributes import MAX_CHARACTERS, is_clean, member, united
from subscribers.errors import BadValue, SubscribersError
from subscribers.importing.meaning import Meaning
from subscribers.importing.rows import Source
from subscribers.importing.staging import Row, packed
from subscribers.importing.table import Record
from subscribers.spreadsheet import restored

_ALIKE = 10_000  # ways to stand, and to have come, that are kept in mind

_Column = Sequence[str]


class Glance:
    """At the rows of one table."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._told = lru_cache(_ALIKE)(self._tell)

    def rows(self, chunk: Sequence[Record]) -> list[Row | None]:
        """As they are put aside; None for each that needs a closer look."""
        width = len(self._source.header.headings)
        whole = [record.cells for record in chunk if len(record.cells) == width]
        rows = self._rows(whole) if whole else iter(())
        return [next(rows) if len(record.cells) == width else None for record in chunk]

    def _rows(self, rows: Sequence[_Column]) -> Iterator[Row | None]:
        header, columns = self._source.header, self._columns(rows)
        unnamed = chain.from_iterable(columns[position] for position in header.unnamed)
        if Meaning.OBJECT in header.positions or any(map(str.strip, unnamed)):
            return repeat(None)
        meant = [columns[position] for position in header.positions.values()]
        addresses, attributes = map(plain, columns[header.address]), self._attributes(columns)
        told = map(self._told, zip(*meant, strict=True) if meant else repeat(()))
        return map(_row, addresses, attributes, told, _clean(rows))

    def _columns(self, rows: Sequence[_Column]) -> list[_Column]:
        columns: list[_Column] = list(zip(*rows, strict=True))
        if self._source.defused:
            return [list(map(restored, column)) for column in columns]
        return columns

    def _attributes(self, columns: Sequence[_Column]) -> Iterator[str | None]:
        members = [
            _each(columns[position], partial(self._member, name))
            for position, name in self._source.header.attributes
        ]
        return map(_united, zip(*members, strict=True)) if members else repeat(NO_ATTRIBUTES)

    def _member(self, name: str, text: str) -> str | None:
        """Of the object that attributes are; a blank cell gives none, None is for one that is too
        long, blanks and all, or not of its kind."""
        if len(text) > MAX_CHARACTERS:
            return None
        value, definition = text.strip(), self._source.definitions.get(name)
        if not value:
            return ""
        try:
            return member(name, value if definition is None else definition.normal(value))
        except BadValue:
            return None

    def _tell(self, cells: Sequence[str]) -> bytes | None:
        """What the columns with a meaning say, as it is put aside."""
        if len("".join(cells)) > MAX_CHARACTERS:
            return None
        try:
            told = self._source.told(dict(zip(self._source.header.positions, cells, strict=True)))
        except SubscribersError:
            return None
        return None if told is None else packed(told)


def _each(column: _Column, act: Callable[[str], str | None]) -> Iterator[str | None]:
    """What `act` makes of each text, asked for it once."""
    made = {text: act(text) for text in set(column)}
    return map(made.__getitem__, column)


def _united(members: Sequence[str | None]) -> str | None:
    return None if None in members else united(filter(None, members))


def _clean(rows: Sequence[_Column]) -> Iterable[bool]:
    if is_clean("".join(chain.from_iterable(rows))):
        return repeat(True)
    return (is_clean("".join(cells)) for cells in rows)


def _row(
    address: tuple[str, str] | None, attributes: str | None, told: bytes | None, clean: bool
) -> Row | None:
    if address is None or attributes is None or told is None or not clean:
        return None
    return (*address, attributes, told)
