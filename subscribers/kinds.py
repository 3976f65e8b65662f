"""What an attribute may be, and what its text then means. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from subscribers.errors import BadValue

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,10})?")
_WORDS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class AttributeKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"  # one of some texts


TEXTS = (AttributeKind.TEXT, AttributeKind.CHOICE)  # kinds whose meaning is text, not a number


@dataclass(frozen=True, slots=True)
class Definition:
    """What an attribute is. `column` is where the store keeps its meaning."""

    name: str
    kind: AttributeKind
    choices: tuple[str, ...]
    column: str

    def normal(self, value: str) -> str:
        """The value as it is kept: `Yes` → `yes`, `2026-01-31T09:00` → `2026-01-31`, a choice in
        its own spelling. Raises BadValue."""
        return _NORMAL[self.kind](self, value.strip())

    def meaning(self, value: str) -> str | float | None:
        """What is compared: text, or a number (a date is its day, see `day`; yes is 1). None for
        no value and for one that is of another kind."""
        try:
            return _MEANING[self.kind](self.normal(value)) if value.strip() else None
        except BadValue:
            return None


def day(date: dt.date) -> float:
    """A date as the number that stands for it: 1 is the first of January of the year 1."""
    return float(date.toordinal())


def fitted(definitions: Mapping[str, Definition], values: Mapping[str, str]) -> dict[str, str]:
    """Attributes with those that are defined in their normal form. Raises BadValue."""
    return {
        name: definitions[name].normal(value) if name in definitions and value.strip() else value
        for name, value in values.items()
    }


def _any_text(_: Definition, value: str) -> str:
    return value


def _number(definition: Definition, value: str) -> str:
    if _NUMBER.fullmatch(value) is None:
        raise _bad(definition, value, "a number like 12 or -0.5")
    return value


def _date(definition: Definition, value: str) -> str:
    try:
        return dt.datetime.fromisoformat(value).date().isoformat()
    except ValueError as error:
        raise _bad(definition, value, "a date like 2026-01-31") from error


def _boolean(definition: Definition, value: str) -> str:
    word = _WORDS.get(value.lower())
    if word is None:
        raise _bad(definition, value, "yes or no")
    return "yes" if word else "no"


def _choice(definition: Definition, value: str) -> str:
    for choice in definition.choices:
        if choice.casefold() == value.casefold():
            return choice
    raise _bad(definition, value, f"one of: {', '.join(definition.choices)}")


def _bad(definition: Definition, value: str, wanted: str) -> BadValue:
    return BadValue(f"{definition.name}: {value[:60]!r} is not {wanted}")


_NORMAL: Mapping[AttributeKind, Callable[[Definition, str], str]] = {
    AttributeKind.TEXT: _any_text,
    AttributeKind.NUMBER: _number,
    AttributeKind.DATE: _date,
    AttributeKind.BOOLEAN: _boolean,
    AttributeKind.CHOICE: _choice,
}
_MEANING: Mapping[AttributeKind, Callable[[str], str | float]] = {
    AttributeKind.TEXT: str,
    AttributeKind.NUMBER: float,
    AttributeKind.DATE: lambda value: day(dt.date.fromisoformat(value)),
    AttributeKind.BOOLEAN: lambda value: float(value == "yes"),
    AttributeKind.CHOICE: str,
}
