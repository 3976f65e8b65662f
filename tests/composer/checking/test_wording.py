"""The words of the house: what is written otherwise, and what it never says."""

from __future__ import annotations

import dataclasses

import pytest
from checked import FINE, findings, issue_of

from mailer.composer.checking.check import check

HOUSE = dataclasses.replace(
    FINE,
    glossary={
        "dataset": ("data set", "data-set", "Datensatz"),
        "GPT-3": ("GPT3", "gpt-3", "GPT-3"),
        "state of the art": ("SOTA",),
    },
    banned=("revolutionary", "game-chang*", "C++"),
)


def worded(text: str) -> list[tuple[str, int, str]]:
    found = findings(f"## I\n{text}", HOUSE)
    return [(f.message, f.where.line, f.mend) for f in found if f.rule.startswith("style-")]


@pytest.mark.parametrize(
    ("text", "written", "mend"),
    [
        ("a data set", "data set", "write dataset"),
        ("Data set", "Data set", "write Dataset"),
        ("a data\nset", "data set", "write dataset"),
        ("a *data* set", "data set", "write dataset"),
        ("a data-set.", "data-set", "write dataset"),
        ("der Datensatz", "Datensatz", "write dataset"),
        ("GPT3!", "GPT3", "write GPT-3"),
        ("our SOTA model", "SOTA", "write state of the art"),
        ("a Revolutionary step", "Revolutionary", "say it in another way"),
        ("game-changing", "game-changing", "say it in another way"),
        ("(C++)", "C++", "say it in another way"),
    ],
)
def test_what_the_house_writes_otherwise_is_a_warning(text: str, written: str, mend: str) -> None:
    """With what to write; over a line's end and emphasis too, and where a sentence begins."""
    ((message, line, said),) = worded(text)
    assert message.startswith(repr(written))
    assert (line, said) == (5, mend)


@pytest.mark.parametrize(
    "text",
    [
        "a dataset and GPT-3",
        "data sets, a big-data set",
        "DATA SET",
        "`data set` [data set](https://e.org/data-set) https://e.org/GPT3 me@gpt-3.org",
        "> A revolutionary data set",
        "counter-revolutionary revolutionaryness",
    ],
)
def test_whole_words_of_ones_own_count(text: str) -> None:
    """Code, links and quotations may do as they like."""
    assert worded(text) == []


def test_what_is_found_has_its_line() -> None:
    """In lists, tables, pictures and footnotes, in headings, in title and preheader."""
    body = (
        "## A SOTA\nOne\nSOTA\n\n- SOTA\n\n| SOTA |\n|--|\n\n![SOTA](a.png) x[^1]\n\n[^1]: SOTA\n"
    )
    lines = dataclasses.replace(HOUSE, lines={"title": 2})
    found = check(issue_of(body, title="SOTA"), lines)
    assert [f.where.line for f in found if f.rule == "style-glossary"] == [2, 4, 6, 8, 10, 13, 15]


def test_without_a_style_nothing_is_looked_for() -> None:
    """As in a publication that sets none."""
    found = findings('## I\nA revolutionary "data set" - GPT3')
    assert [f for f in found if f.rule.startswith("style-")] == []
