"""The header of a table: which column means what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from subscribers.attributes import by_rank, check_name, slot_name
from subscribers.errors import BadFile, BadName
from subscribers.importing.formats import Format, folded
from subscribers.importing.meaning import LEAVING, Meaning

_ADDRESSES = (
    *("email", "e-mail", "email address", "e-mail address", "email_address", "mail"),
    *("e-mail-adresse", "e-mail adresse", "email-adresse", "mailadresse", "emailadres"),
    *("adresse e-mail", "adresse email", "courriel", "correo electrónico", "indirizzo email"),
)
_ADDRESS_OR_STREET = "address"  # the e-mail address only where no other column is
REASON = "import_error"  # the column that `--errors` adds: passed over when it is imported again
_DEPARTURES = frozenset(  # headings that may say who left, in tables of no program that we know
    (
        *LEAVING,
        *("status", "subscription status", "subscription_status", "email status", "email_status"),
        *("subscriber status", "subscriber_status", "subscribed", "is_subscribed"),
        *("unsubscribed at", "unsubscribed_at", "unsubscribe date", "unsubscribe_date"),
        *("date unsubscribed", "bounced at", "bounced_at"),
    )
)
_SAYS_WHO_LEFT = frozenset((Meaning.STATUS, Meaning.LEFT))
_GONE = re.compile(  # names of files that say so
    r"unsub|opt(ed)?[-_ ]?outs?(?![a-z])|bounce|complain|blocked|blocklist|blacklist|suppress"
)
_TOLD = 20  # faults of a header that a message names
_SHOWN = 60  # characters of a heading
# Whatever the source: an attribute of that name would be one that no segment can ask for.
_EVERYWHERE = {REASON: Meaning.NOTHING, "language": Meaning.LANGUAGE}
_ALSO_ATTRIBUTES = {Meaning.JOINED: "joined", Meaning.CREATED: "joined"}


@dataclass(frozen=True, slots=True)
class Header:
    """Positions of the columns, from 0; `meant` has the headings of those with a meaning.
    `attributes` are (position, name), by rank; `behind` the headings of columns that are left
    behind."""

    headings: Sequence[str]
    address: int
    positions: Mapping[Meaning, int]
    meant: Mapping[Meaning, str]
    attributes: tuple[tuple[int, str], ...]
    unnamed: tuple[int, ...]
    behind: tuple[str, ...]


def parse(
    headings: Sequence[str], source: Format, mapping: Mapping[str, str], reserved: Set[str]
) -> Header:
    """`mapping` goes before what `source` says: from headings (folded) to meanings or names of
    attributes. Raises BadFile with what is wrong with the header, all at once."""
    meant = _meant(headings, source, mapping)
    names = _names(headings, meant, mapping)
    faults = [*_unknown(headings, mapping), *_faults(headings, meant, names, reserved)]
    if faults:
        more = [f"and {len(faults) - _TOLD:,} more"] if len(faults) > _TOLD else []
        raise BadFile("row 1: " + "; ".join([*faults[:_TOLD], *more]))
    positions = {meaning: position for position, meaning in meant.items()}
    address = positions.pop(Meaning.EMAIL)
    positions.pop(Meaning.NOTHING, None)
    return Header(
        headings,
        address,
        positions,
        {meaning: headings[position] for meaning, position in positions.items()},
        tuple(sorted(names.items(), key=lambda item: by_rank(item[1]))),
        tuple(position for position, heading in enumerate(headings) if not heading.strip()),
        tuple(headings[position] for position, what in meant.items() if what is Meaning.NOTHING),
    )


def check_departures(file: str, headings: Sequence[str], mapping: Mapping[str, str]) -> None:
    """Raises BadFile where a table of no program that we know, or the name of its file, may say who
    left, and `mapping` does not say how: to take those for readers is the worst that an import can
    do."""
    unclear = [
        heading
        for heading in headings
        if folded(heading) in _DEPARTURES and folded(heading) not in mapping
    ]
    if unclear:
        raise BadFile(
            f"row 1: {', '.join(map(repr, unclear))} may say who left: say what it is, with "
            f"--map '{unclear[0]}=status' (or =left_at for dates, =- to leave it behind, "
            "=NAME for an attribute)"
        )
    if _GONE.search(file.lower()) and not _SAYS_WHO_LEFT.intersection(mapping.values()):
        raise BadFile(
            f"{file!r} is a name for people who left: give them a column `status` with the word "
            "unsubscribed, bounced or blocked, and say --map status=status; if they are readers, "
            "say --format csv"
        )


def has_addresses(headings: Sequence[str], source: Format, mapping: Mapping[str, str]) -> bool:
    """Whether some column means an address."""
    return Meaning.EMAIL in _meant(headings, source, mapping).values()


def _meant(
    headings: Sequence[str], source: Format, mapping: Mapping[str, str]
) -> dict[int, Meaning]:
    """What each column means, from 0; attributes are left out."""
    found = {}
    for position, heading in enumerate(map(folded, headings)):
        said = mapping.get(heading)
        if said is not None:
            meaning = Meaning(said) if said in set(Meaning) else None
        else:
            meaning = source.columns.get(heading) or _EVERYWHERE.get(heading)
        if meaning is not None:
            found[position] = meaning
    if Meaning.EMAIL not in found.values():
        found |= _addresses(headings, found, mapping)
    return found


def _addresses(
    headings: Sequence[str], taken: Mapping[int, Meaning], mapping: Mapping[str, str]
) -> dict[int, Meaning]:
    words = {
        position: folded(heading)
        for position, heading in enumerate(headings)
        if position not in taken and folded(heading) not in mapping
    }
    found = [position for position, word in words.items() if word in _ADDRESSES]
    found = found or [position for position, word in words.items() if word == _ADDRESS_OR_STREET]
    return dict.fromkeys(found, Meaning.EMAIL)


def _names(
    headings: Sequence[str], meant: Mapping[int, Meaning], mapping: Mapping[str, str]
) -> dict[int, str]:
    """The attributes' names by position."""
    names = {}
    for position, heading in enumerate(headings):
        meaning = meant.get(position)
        if meaning in _ALSO_ATTRIBUTES:
            names[position] = _ALSO_ATTRIBUTES[meaning]
        elif meaning is None and heading.strip():
            names[position] = mapping.get(folded(heading)) or slot_name(heading)
    return names


def _unknown(headings: Sequence[str], mapping: Mapping[str, str]) -> list[str]:
    known = set(map(folded, headings))
    return [f"there is no column {name!r} to be mapped" for name in mapping if name not in known]


def _faults(
    headings: Sequence[str],
    meant: Mapping[int, Meaning],
    names: Mapping[int, str],
    reserved: Set[str],
) -> list[str]:
    faults = []
    for position, name in names.items():
        if fault := _fault(name, reserved):
            faults.append(f"column {position + 1} ({_short(headings[position])!r}): {fault}")
    for name, count in Counter(names.values()).items():
        if name and count > 1:
            faults.append(f"{count} columns would be {name!r}: rename all but one")
    counts = Counter(meaning for meaning in meant.values() if meaning is not Meaning.NOTHING)
    if not counts[Meaning.EMAIL]:
        faults.append(_no_address(headings))
    if counts[Meaning.EMAIL] > 1:
        faults.append(
            f"{counts[Meaning.EMAIL]} columns hold addresses: keep one, rename the others"
        )
    faults += [
        f"{count} columns mean {meaning.value}: keep one"
        for meaning, count in counts.items()
        if count > 1 and meaning is not Meaning.EMAIL
    ]
    return faults


def _short(heading: str) -> str:
    return heading if len(heading) <= _SHOWN else heading[:_SHOWN] + "…"


def _no_address(headings: Sequence[str]) -> str:
    if any("@" in heading for heading in headings):
        return "it holds a person, not a header: let the first line name the columns"
    return "no column `email`: the first line must name the columns (or say --map COLUMN=email)"


def _fault(name: str, reserved: Set[str]) -> str:
    if not name:
        return "becomes no name of a slot: write it in Latin letters"
    try:
        check_name(name, reserved)
    except BadName as error:
        return str(error)
    return ""
