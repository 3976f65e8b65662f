"""Slots: the places of an edition that are filled per recipient.

A text with slots is a tuple of strings and `Slot`s, the form in which an edition keeps its parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class SlotKind(StrEnum):
    """Where a slot stands, and so how its value is escaped."""

    HTML = "html"
    URL = "url"  # one component of a URL: percent-encoded (RFC 3986 §2.1), then HTML-escaped
    TEXT = "text"
    HEADER = "header"
    OPENING = "opening"  # of a stretch that one audience alone gets, see model.audience
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place filled with a subscriber's attribute, or with `default` where there is none."""

    name: str
    default: str | None = None
    kind: SlotKind = SlotKind.TEXT


Slotted = tuple[str | Slot, ...]
FENCES = (SlotKind.OPENING, SlotKind.CLOSING)

# Filled by the mailer itself for every copy; no attribute of a subscriber may hide them.
UNSUBSCRIBE_URL = "unsubscribe_url"
PREFERENCES_URL = "preferences_url"
LIST_TITLE = "list_title"
EMAIL = "email"
SIGNED_UP_ON = "signed_up_on"  # the date in words
SIGNED_UP_AT = "signed_up_at"  # the form, in brackets behind a space, or nothing
SIGN_UP_SLOTS = frozenset({SIGNED_UP_ON, SIGNED_UP_AT})
MAY_BE_NOTHING = frozenset({SIGNED_UP_AT})  # their default, where none is written
RESERVED_SLOTS = frozenset({UNSUBSCRIBE_URL, PREFERENCES_URL, LIST_TITLE, EMAIL}) | SIGN_UP_SLOTS


def slots_of(text: Slotted) -> Iterable[Slot]:
    """Those that are filled; the fences of audiences are not."""
    return (part for part in text if isinstance(part, Slot) and part.kind not in FENCES)


def is_blank(value: str) -> bool:
    """Whether a value is none: it says nothing where it stands."""
    return not value.strip()


def said(values: Mapping[str, str]) -> dict[str, str]:
    """Those that are not blank."""
    return {name: value for name, value in values.items() if not is_blank(value)}


def fill(text: Slotted, values: Mapping[str, str]) -> str:
    """The text with each slot replaced by its value, its default or nothing, unescaped."""
    known = said(values)
    return "".join(
        part if isinstance(part, str) else (known.get(part.name) or part.default or "")
        for part in text
    )
