"""Languages: how their tags are written, and which of several somebody would rather read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from subscribers.errors import BadValue

_TAG = re.compile(r"([a-z]{2,3})(-[a-z0-9]{2,8})*")  # BCP 47, in lower case
_LONG = 3  # letters of a code of ISO 639-2, in whose place most languages have a shorter one
# In these a language may be named; where two of them use one word, the first decides.
_NAMED_IN = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sk", "sv", "da", "nb", "fi", "hu"),
    *("ro", "bg", "el", "hr", "sl", "uk", "ru", "tr", "ar", "he", "fa", "hi", "ja", "ko", "zh"),
)
_NONE = ("und", "mul", "zxx")  # unknown, several, none at all


def tag(text: str) -> str:
    """As it is kept: `de`, `pt-br`; a language may be named as well: `German`, `Deutsch`. Raises
    BadValue."""
    written = _written(text.strip())
    found = _TAG.fullmatch(written)
    if found is None:
        return _named(text)
    return _shortened(written, found[1]) if len(found[1]) == _LONG else written


def _shortened(written: str, code: str) -> str:
    """`deu`, `ger` → `de` (RFC 5646 §2.2.1: the shortest code)."""
    from babel.core import get_global

    return _written(get_global("language_aliases").get(code, code)) + written.removeprefix(code)


def _named(text: str) -> str:
    """`English (US)` too; of a country that is not known there the language alone."""
    name = " ".join(text.split()).casefold()
    spoken, _, country = name.removesuffix(")").partition(" (")
    for language in _NAMED_IN:
        languages, countries = _names(language)
        found = languages.get(name) or languages.get(spoken, _NONE[0])
        if found not in _NONE:
            return f"{found}-{countries[country]}" if country in countries else found
    raise BadValue(f"{text!r} is no language: write its tag, such as de or pt-br, or its name")


@cache
def _names(language: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Of languages and countries in this language, as Unicode's CLDR has them. Babel takes its time
    to load, and most files name none."""
    from babel import Locale

    known = Locale(language)
    languages = {name.casefold(): _written(code) for code, name in known.languages.items()}
    countries = {name.casefold(): code.lower() for code, name in known.territories.items()}
    return languages, countries | {code: code for code in countries.values()}


def _written(code: str) -> str:
    return code.lower().replace("_", "-")


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
