"""Several rows about one person → what holds of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from subscribers.admission import Entry
from subscribers.attributes import decoded, encoded
from subscribers.model import STRENGTH


def merged(entries: Sequence[Entry]) -> Entry:
    """In the order of the rows: a later attribute wins; a consent that any of them proves counts,
    the last one first; but who left according to any of them has left."""
    attributes: dict[str, str] = {}
    for entry in entries:
        attributes |= decoded(entry.attributes)
    confirmed = [entry for entry in entries if entry.confirmed_at is not None]
    left = [entry for entry in entries if entry.departure is not None]
    strongest = max(left, key=_strength, default=None)
    telling = strongest or (confirmed or entries)[-1]
    return telling._replace(
        address=entries[0].address,
        attributes=encoded(attributes),
        tags=frozenset().union(*(entry.tags for entry in entries)),
        language=next((each.language for each in reversed(entries) if each.language), None),
    )


def _strength(entry: Entry) -> int:
    return -1 if entry.departure is None else STRENGTH[entry.departure.reason]
