"""Quotation marks and dashes, as each language has them."""

from __future__ import annotations

import dataclasses

import pytest
from checked import FINE, issue_of

from mailer.composer.checking.check import check

HOUSE = dataclasses.replace(FINE, typography=True)


def marked(text: str, lang: str = "en") -> list[str]:
    """`rule line mend` of each finding."""
    found = check(issue_of(f"## I\n{text}", lang=lang), HOUSE)
    rules = ("style-quotes", "style-dashes")
    return [f"{f.rule[6:]} {f.where.line} {f.mend}" for f in found if f.rule in rules]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "“He said ‘no’” — it’s fine – really, a well-known 27\" screen, 5'10, 1990–95"),
        ("en-GB", "‘Single’ marks"),
        ("de", "„Er sagte ‚nein‘“ – »auch so«, geht’s? Seiten 10–20"),
        ("fr", "« Oui » – l’eau, “dedans” — aussi"),
        ("es", "«Sí» —dijo—, “también”"),
        ("ru", "«Да» — сказал он, „внутри“, 10–20"),
        ("ar", "«نعم» – هكذا"),
        ("zh", "“是”——他说，「也」《书》"),
        ("en", '`"code" -- x` and [a "link" -- text](https://e.org/a--b)'),
        ("en", '> "A quotation" -- as it came'),
        ("tlh", "\"nuqneH\" -- 'x'"),
    ],
)
def test_what_a_language_has_passes(lang: str, text: str) -> None:
    """Inches, ranges, code, links and others' words among it; an unknown language has no rules."""
    assert marked(text, lang) == []


@pytest.mark.parametrize(
    ("lang", "text", "found"),
    [
        ("en", 'a "word', ["quotes 5 write “…”"]),
        ("en", 'one\ntwo "word', ["quotes 6 write “…”"]),
        ("en", "it's", ["quotes 5 write ’"]),
        ("en", "so 'they say' here", ["quotes 5 write “…”"]),
        ("en", "„Wort", ["quotes 5 write “…”"]),
        ("de", "ein ”Wort", ["quotes 5 write „…“"]),
        ("ru", '"Да', ["quotes 5 write «…»"]),
        ("fr", "„Oui", ["quotes 5 write « … »"]),
        ("en", "one - two", ["dashes 5 write —"]),
        ("en", "one -- two---three", ["dashes 5 write —", "dashes 5 write —"]),
        ("de", "eins — zwei", ["dashes 5 write –"]),
        ("ru", "раз – два", ["dashes 5 write —"]),
        ("zh", "一 -- 二", ["dashes 5 write ——"]),
    ],
)
def test_what_it_does_not_have_is_a_warning(lang: str, text: str, found: list[str]) -> None:
    """With its line, and what to write."""
    assert marked(text, lang) == found
