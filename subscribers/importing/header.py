"""The header of a table: which column means what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass

from subscribers.attributes import check_name, slot_name
from subscribers.errors import BadFile, BadName

_ADDRESSES = ("email", "e-mail", "email address", "e-mail address")
_ADDRESS_OR_STREET = "address"  # the e-mail address only where no other column is
CONSENT = "consent"
JOINED = "joined"


@dataclass(frozen=True, slots=True)
class Header:
    """Positions of the columns, from 0. `attributes` are (position, name)."""

    width: int
    address: int
    consent: int | None
    joined: int | None
    attributes: tuple[tuple[int, str], ...]
    unnamed: tuple[int, ...]


def parse(headings: Sequence[str], reserved: Set[str]) -> Header:
    """Raises BadFile with all that is wrong with the header."""
    address = _address(headings)
    names = {
        position: slot_name(heading)
        for position, heading in enumerate(headings)
        if position != address and heading.strip()
    }
    faults = _faults(headings, names, reserved)
    if faults:
        raise BadFile("row 1: " + "; ".join(faults))
    columns = {name: position for position, name in names.items()}
    return Header(
        len(headings),
        address,
        columns.get(CONSENT),
        columns.get(JOINED),
        tuple((position, name) for position, name in names.items() if name != CONSENT),
        tuple(position for position, heading in enumerate(headings) if not heading.strip()),
    )


def _address(headings: Sequence[str]) -> int:
    words = [" ".join(heading.lower().split()) for heading in headings]
    found = [position for position, word in enumerate(words) if word in _ADDRESSES]
    found = found or [position for position, word in enumerate(words) if word == _ADDRESS_OR_STREET]
    if not found:
        raise BadFile("row 1: no column `email`: the first line must name the columns")
    if len(found) > 1:
        raise BadFile(f"row 1: {len(found)} columns hold addresses: keep one, rename the others")
    return found[0]


def _faults(headings: Sequence[str], names: dict[int, str], reserved: Set[str]) -> list[str]:
    faults = []
    for position, name in names.items():
        fault = _fault(name, reserved)
        if fault:
            faults.append(f"column {position + 1} ({headings[position]!r}): {fault}")
    for name, count in Counter(names.values()).items():
        if name and count > 1:
            faults.append(f"{count} columns would be {name!r}: rename all but one")
    return faults


def _fault(name: str, reserved: Set[str]) -> str:
    if not name:
        return "becomes no name of a slot: write it in Latin letters"
    try:
        check_name(name, reserved)
    except BadName as error:
        return str(error)
    return ""
