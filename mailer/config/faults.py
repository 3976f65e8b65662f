"""What is wrong with a value of mailer.toml, in an editor's words."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

# By the beginning of pydantic's name for it: a value of another type is told in several ways.
_REASONS: Mapping[str, str] = {
    "extra_forbidden": "unknown key: remove it or mend its spelling",
    "missing": "is missing",
    "string_type": "is no text: put it into quotes",
    "string_too_short": "has fewer than {min_length} characters",
    "string_too_long": "has more than {max_length} characters",
    "int_": "is no whole number",
    "float_": "is no number",
    "bool_": "is neither true nor false",
    "date_": "is no date such as 2026-12-31",
    "tuple_type": "is no list: put it into [ and ]",
    "dict_type": "is no table of keys and values",
    "model_type": "is no table of keys and values",
    "literal_error": "is not one of {expected}",
    "enum": "is not one of {expected}",
    "greater_than_equal": "is less than {ge}",
    "greater_than": "is not more than {gt}",
    "less_than_equal": "is more than {le}",
}


def told(error: ValidationError) -> list[tuple[list[str], str]]:
    """The key, in its parts, and what is wrong, for each fault."""
    return [([str(part) for part in fault["loc"]], _spoken(fault)) for fault in error.errors()]


def _spoken(fault: ErrorDetails) -> str:
    said = next((text for kind, text in _REASONS.items() if fault["type"].startswith(kind)), None)
    if said is None:  # our own validators speak for themselves
        return fault["msg"].removeprefix("Value error, ")
    return said.format_map({name: _number(value) for name, value in fault.get("ctx", {}).items()})


def _number(value: object) -> object:
    """1.0 is written as 1."""
    return f"{value:,g}" if isinstance(value, float) else value
