"""A table as every kind of file gives it: headings, then records, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MAX_RECORD = 1_000_000  # characters


class Record(NamedTuple):
    """`row` counts records, blank ones too, as a spreadsheet does; the first is 1.

    `fault` says why there are no cells: this row is not well-formed; `raw` is then how it begins.
    """

    row: int
    cells: Sequence[str] = ()
    fault: str = ""
    raw: str = ""

    @property
    def blank(self) -> bool:
        return not self.fault and not any(self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """`file` is its name, where it has one, `packed` whether it came in an archive; `kind` says
    how it is read, for people. `is_csv`: a spreadsheet may open it as it is."""

    file: str
    kind: str
    headings: Sequence[str]
    records: Iterator[Record]
    packed: bool = False
    is_csv: bool = False

    @property
    def place(self) -> str:
        """What a message about a row names beside it: one file among several, else nothing."""
        return self.file if self.packed else ""
