"""JSON in a cell → attributes and tags, which are flat text."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Set
from contextlib import suppress
from typing import Any

from subscribers.attributes import check_name, check_value, slot_name
from subscribers.errors import BadName, BadValue


def attributes(text: str, reserved: Set[str]) -> dict[str, str]:
    """A member of a member is named after both: `{"home": {"city": "Bonn"}}` → `home_city`.

    Raises BadValue for what is no object of JSON, or holds what is no attribute.
    """
    try:
        leaves = list(_leaves(json.loads(text)))
    except (ValueError, RecursionError) as error:
        raise BadValue(f"the attributes are not JSON ({error}): mend them") from error
    named = {}
    for heading, value in leaves:
        name = slot_name(heading)
        _check(heading, name, value, reserved)
        if value:
            named[name] = value
    return named


def words(text: str, separator: str) -> list[str]:
    """Those of a JSON array, or what stands between separators, in quotes or not."""
    if text.startswith("["):
        with suppress(ValueError, RecursionError):
            return [_text(word).strip() for word in json.loads(text)]
    if separator == "\n":
        return text.split(separator)
    quoted = csv.reader([text], delimiter=separator, skipinitialspace=True)
    return [word.strip() for line in quoted for word in line]


def _leaves(found: Any, before: str = "") -> Iterator[tuple[str, str]]:
    if not isinstance(found, dict):
        raise ValueError("no object")
    for heading, value in found.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{before}{heading}_")
        else:
            yield before + heading, _text(value).strip()


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _check(heading: str, name: str, value: str, reserved: Set[str]) -> None:
    try:
        check_name(name, reserved)
    except BadName as error:
        raise BadValue(f"the attribute {heading!r}: {error}") from error
    check_value(name, value)
