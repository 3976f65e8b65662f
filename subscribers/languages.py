"""Languages: how their tags are written, and which of several somebody would rather read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from subscribers.errors import BadValue

_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")  # BCP 47, in lower case


def tag(text: str) -> str:
    """As it is kept: `de`, `pt-br`. Raises BadValue."""
    written = text.strip().lower().replace("_", "-")
    if not _TAG.fullmatch(written):
        raise BadValue(f"{text!r} is no language: write its tag, such as de or pt-br")
    return written


def place(wanted: str | None, languages: Sequence[str]) -> int:
    """Which of `languages` somebody gets who would rather read `wanted`: that one, else a more
    general one (RFC 4647 §3.4), else another form of the same language, else the first."""
    if wanted is None:
        return 0
    known = [each.lower() for each in languages]
    for form in _forms(wanted):
        if form in known:
            return known.index(form)
    same = [n for n, each in enumerate(known) if each.split("-")[0] == wanted.split("-")[0]]
    return same[0] if same else 0


def places(wanted: sa.ColumnElement[Any], languages: Sequence[str]) -> sa.ColumnElement[int]:
    """`place` in SQL."""
    known = [each.lower() for each in languages]
    cases = [(wanted == each, n) for n, each in enumerate(known)]
    longest_first = sorted(enumerate(known), key=lambda pair: -len(pair[1]))
    cases += [(_begins(wanted, each), n) for n, each in longest_first]
    for n, each in enumerate(known):
        base = each.split("-")[0]
        cases.append(((wanted == base) | _begins(wanted, base), n))
    return sa.case(*cases, else_=0) if len(known) > 1 else sa.literal(0)


def _forms(wanted: str) -> list[str]:
    """`pt-br` → `pt-br`, `pt`."""
    parts = wanted.split("-")
    return ["-".join(parts[:count]) for count in range(len(parts), 0, -1)]


def _begins(wanted: sa.ColumnElement[Any], general: str) -> sa.ColumnElement[bool]:
    return wanted.startswith(f"{general}-", autoescape=True)
