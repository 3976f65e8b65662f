"""How people become lines: a CSV table for each sheet of a form, or a JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from subscribers.exporting import delimited
from subscribers.exporting.formats import FORMATS, Sheet
from subscribers.exporting.member import Member
from subscribers.spreadsheet import defused, defused_table

JSONL = "jsonl"
NAMES = (JSONL, *FORMATS)

Lines = tuple[int, bytes]  # how many people, and what was written of them


class Table(Protocol):
    """One file of an export; `name` is what it is called where there are several."""

    @property
    def name(self) -> str: ...

    def head(self) -> bytes:
        """What stands before the first line."""
        ...

    def lines(self, people: Sequence[Member]) -> Lines:
        """Of those who belong into it."""
        ...


def tables(form: str, attributes: Sequence[str]) -> Sequence[Table]:
    """`form` is one of NAMES, `attributes` are the names of those that may have a column."""
    if form == JSONL:
        return [_JsonLines()]
    return [_Csv(sheet) for sheet in FORMATS[form](attributes)]


@dataclass(frozen=True, slots=True)
class _Csv:
    """As RFC 4180 has it, in UTF-8, without cells that a spreadsheet would run."""

    sheet: Sheet

    @property
    def name(self) -> str:
        return self.sheet.name

    def head(self) -> bytes:
        return delimited.lines([defused(self.sheet.header)])

    def lines(self, people: Sequence[Member]) -> Lines:
        row = self.sheet.row
        rows = [row(member) for member in people if self.sheet.holds(member)]
        return len(rows), delimited.lines(defused_table(rows))


@dataclass(frozen=True, slots=True)
class _JsonLines:
    """What our own CSV has, in the types of JSON."""

    name = "subscribers.jsonl"

    def head(self) -> bytes:
        return b""

    def lines(self, people: Sequence[Member]) -> Lines:
        dumps = json.JSONEncoder(ensure_ascii=False).encode
        return len(people), "".join([f"{dumps(_object(each))}\n" for each in people]).encode()


def _object(member: Member) -> dict[str, object]:
    times = {"joined_at": member.joined, "confirmed_at": member.confirmed, "left_at": member.left}
    return {
        "email": member.email,
        "status": member.standing,
        **{name: at.isoformat() for name, at in times.items() if at is not None},
        "consent": member.consent,
        "consent_ip": member.ip,
        "tags": list(member.tags),
        **({"language": member.language} if member.language else {}),
        "attributes": member.attributes,
    }
