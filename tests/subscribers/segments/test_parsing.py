"""The language of segments: what is written, and what is wrong with it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.attributes import is_fit
from subscribers.errors import BadSegment
from subscribers.segments.expression import (
    Comparison,
    Expression,
    Fact,
    Relation,
    Rule,
    Sample,
    Value,
    both,
    either,
    negated,
)
from subscribers.segments.parsing import MAX_CHARACTERS, MAX_DEPTH, parse

_NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: name not in {"not", "and", "or", "in", "is", "set", "sample", "seed"}
)
_TEXTS = st.text(min_size=1, max_size=8).filter(
    lambda text: text.strip() != "" and is_fit(text) and "\n" not in text
)
_VALUES: st.SearchStrategy[Value] = st.one_of(
    _TEXTS,
    st.booleans(),
    st.dates(),
    st.decimals(min_value=-(10**15) + 1, max_value=10**15 - 1, places=3),
)
_ONE = st.sampled_from([r for r in Relation if not r.value.startswith(("in", "not", "is"))])
_MANY = st.sampled_from([Relation.AMONG, Relation.NOT_AMONG])
_NONE = st.sampled_from([Relation.SET, Relation.NOT_SET])
_LEAVES: st.SearchStrategy[Expression] = st.one_of(
    st.builds(Comparison, _NAMES, _ONE, st.tuples(_VALUES)),
    st.builds(Comparison, _NAMES, _MANY, st.lists(_VALUES, min_size=1, max_size=3).map(tuple)),
    st.builds(Comparison, _NAMES, _NONE, st.just(())),
    st.builds(Fact, _NAMES, st.none() | _TEXTS),
)
_EXPRESSIONS = st.recursive(
    _LEAVES,
    lambda parts: st.one_of(
        parts.map(negated),
        st.lists(parts, min_size=2, max_size=3).map(both),
        st.lists(parts, min_size=2, max_size=3).map(either),
    ),
    max_leaves=6,
)
_SAMPLES = st.builds(
    Sample, st.integers(1, 10**9).map(Decimal), st.just(False), st.just("") | _TEXTS
) | st.builds(Sample, st.decimals("0.1", "100", places=1), st.just(True), st.just("") | _TEXTS)


@given(st.builds(Rule, _EXPRESSIONS, st.none() | _SAMPLES) | st.builds(Rule, st.none(), _SAMPLES))
def test_what_is_printed_says_the_same(rule: Rule) -> None:
    assert parse(str(rule)) == rule
    assert str(parse(str(rule))) == str(rule)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (
            'tag = "python" and joined >= 2026-01-01 and country in ("DE", "AT")',
            'tag = "python" and joined >= 2026-01-01 and country in ("DE", "AT")',
        ),
        ('received "2021-01"', 'received "2021-01"'),
        ("a = 1 or b = 2 and c = 3", "a = 1 or b = 2 and c = 3"),
        ("(a = 1 or b = 2) AND c=3", "(a = 1 or b = 2) and c = 3"),
        ("a=1 and (b=2 and c=3)", "a = 1 and b = 2 and c = 3"),
        ("not not bounced", "bounced"),
        ("not (a = yes) and b!=TRUE", "not a = yes and b != yes"),
        ("a is  not\nset", "a is not set"),
        (r'a = "say \"x\\y\""', r'a = "say \"x\\y\""'),
        ("SAMPLE 10 %", "sample 10%"),
        ('bounced sample 500 seed "b"', 'bounced sample 500 seed "b"'),
    ],
)
def test_what_is_written_has_one_form(text: str, printed: str) -> None:
    assert str(parse(text)) == printed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", 'column 1: it says nothing: write for example `tag = "python"`'),
        ("tag =", 'column 6: ends too early: write a text like "python" or a number'),
        ("tag = python", 'column 7: `python` cannot stand here: write a text like "python"'),
        ("tag = “x”", "column 7: “ is no quotation mark here"),
        ('tag = "x', "column 7: a text is not closed"),
        ("tag = DE", "column 7: 'D' is a capital: write names small, and texts between"),
        ("a & b", "column 3: '&' means nothing here"),
        ("a = 1)", "column 6: `)` cannot stand here: take it away"),
        ("(a = 1", "column 7: ends too early: write `)`"),
        ("a = 1 b = 2", "column 7: `b` cannot stand here: write `and` or `or`"),
        ('a in ("x" "y")', 'column 11: `"y"` cannot stand here: write `)` or `,`'),
        ("a = 2026-13-01", "column 5: 2026-13-01 is no date: write it like 2026-01-31"),
        ('a = ""', "column 5: the text is empty: ask for none with `NAME is not set`"),
        ('a = "\0"', r"column 5: the text: holds the control character U\+0000"),
        ("sample 0", "column 8: 0 is no size of a sample"),
        ("sample 101%", "column 8: 101 is no size of a sample"),
        ("sample 1.5", "column 8: 1.5 is no size of a sample"),
        ("sample -1", "column 8: -1 is no size of a sample"),
        ("a = 1 or " * 300, f"column {MAX_CHARACTERS + 1}: has more than 2,000 characters"),
        ("not (a and " * 50 + "b" + ")" * 50, f"is nested more than {MAX_DEPTH} deep"),
    ],
)
def test_what_is_wrong_is_said_with_its_column(text: str, said: str) -> None:
    with pytest.raises(BadSegment, match=said.replace("(", r"\(").replace(")", r"\)")):
        parse(text)


@given(st.text(max_size=40) | st.text(alphabet='ab"=()<>!%0123 -.,notindors', max_size=40))
def test_any_text_is_a_rule_or_has_an_error_with_a_column(text: str) -> None:
    try:
        rule = parse(text)
    except BadSegment as error:
        column = error.column
    else:
        column = 1
        assert parse(str(rule)) == rule
    assert 1 <= column <= len(text) + 1


def test_a_date_and_a_number_are_not_texts() -> None:
    rule = parse('a in (2026-01-31, -1.5, "2026-01-31", yes)')
    assert isinstance(rule.expression, Comparison)
    assert rule.expression.values == (
        dt.date(2026, 1, 31),
        Decimal("-1.5"),
        "2026-01-31",
        True,
    )
