"""MAILER_*: settings of the environment, over those of the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_PREFIX = "MAILER_"


def given_in(environ: Mapping[str, str]) -> dict[str, Any]:
    """`MAILER_SMTP__PASSWORD=x` → {"smtp": {"password": "x"}}. Names without `__` are not ours.

    A third part names an entry of a table: `MAILER_SMTP__PASSWORDS__OUR_RELAY` is that of the
    relay `our-relay`, since an environment has no hyphens.
    """
    found: dict[str, Any] = {}
    for name, value in environ.items():
        table, _, key = name.removeprefix(_PREFIX).lower().partition("__")
        if not name.startswith(_PREFIX) or not key:
            continue
        key, _, entry = key.partition("__")
        inner = found.setdefault(table, {})
        if entry:
            before = inner.get(key)
            others = before if isinstance(before, dict) else {}
            inner[key] = {**others, entry.replace("_", "-"): value}
        else:
            inner[key] = value
    return found


def name_of(table: str, rest: Sequence[str]) -> str:
    """Of the variable that gives a key of a table."""
    return "__".join((_PREFIX + table, *rest)).upper().replace("-", "_")
