"""Where mathematics stands in running text: between dollars that are no money."""

from __future__ import annotations

import pytest
from checked import issue_of

from mailer.composer.parsing.parse import Defaults, parse
from mailer.composer.tree import inlines_of
from mailer.model.content import Formula


def formulas(text: str) -> list[str]:
    """The sources of the formulas in a paragraph."""
    return [i.tex for i in inlines_of(issue_of(text)) if isinstance(i, Formula)]


@pytest.mark.parametrize(
    "text",
    [
        "From $10M to $12M, $10M and $12M.",
        "US$5 and A$7, $5–$10, $5-$10, $5/$10, $3,$4, $5, $6 and $7.",
        "It costs $5 (or $6).",
        "About 5$ or 6$.",
        "Between $5 and 10$, $5 or 10 dollars$, $5 до 10$, $5到10$.",
        "The variables $HOME/$USER and $PATH:$HOME; $AAPL, $TSLA.",
        "An escaped \\$x\\$ and \\$x$.",
        "A `$x$` in code and `$HOME` and $HOME.",
        "[a $5 thing](https://example.org/?a=$b) and [$a](https://example.org/b$)",
        "Good $$ and better $$$.",
        "$ x$ and $x $ and $x\n$ and $$",
        "    $x$ in a block of code",
        "<https://example.org/$x$>",
    ],
)
def test_money_variables_and_code_are_no_mathematics(text: str) -> None:
    assert formulas(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Let $x$ be.", ["x"]),
        ("$x$, ($y$), $z$-th, the $n$th, *$a$*", ["x", "y", "z", "n", "a"]),
        ("From $10M to $n$.", ["n"]),
        ("$2n$, $3$, $0.5$, $10^{-3}$ and $1, 2$", ["2n", "3", "0.5", "10^{-3}", "1, 2"]),
        ("$5 \\text{ to } 10$ and $2 \\% < x$", ["5 \\text{ to } 10", "2 \\% < x"]),
        ("$a\n= b$", ["a\n= b"]),
        ("$$x^2$$", ["x^2"]),
        ("$x \\$ y$", ["x \\$ y"]),
        ("$x^*$, $A^+$, $n!$, $|x|$", ["x^*", "A^+", "n!", "|x|"]),
        ("[$x$](https://example.org/$y$) and ~~$z$~~", ["x", "z"]),
        ("| $a$ |\n|---|\n| $b$ |", ["a", "b"]),
        ("## An item of $n$ parts\nText", ["n"]),
    ],
)
def test_a_formula_is_what_touches_both_its_dollars(text: str, found: list[str]) -> None:
    """In running text, in links, tables and headings."""
    assert formulas(text) == found


def test_lines_are_counted_over_a_formula() -> None:
    source = "---\ntitle: T\n---\nOne $a\n= b$ two\n[x](javascript:y)\n"
    (finding,) = parse(source, "x.md", Defaults("en", (), "x")).findings
    assert finding.where.line == 6
