"""Text → rule. Every error has its column, and says what may stand there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Set
from decimal import Decimal
from functools import cache
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from subscribers.attributes import check_value
from subscribers.errors import BadSegment, BadValue
from subscribers.segments.expression import (
    Comparison,
    Expression,
    Fact,
    Relation,
    Rule,
    Sample,
    Value,
    both,
    depth,
    either,
    negated,
)

MAX_CHARACTERS = 2_000
MAX_DEPTH = 40

_GRAMMAR = r"""
    rule: any? sample?
    sample: "sample"i NUMBER PERCENT? ["seed"i STRING]

    ?any: all ("or"i all)*                          -> either
    ?all: one ("and"i one)*                         -> both
    ?one: "not"i one                                -> negated
        | "(" any ")"
        | NAME "=" value                         -> equal
        | NAME UNEQUAL value                        -> compared
        | NAME ORDER value                          -> compared
        | NAME "in"i "(" value ("," value)* ")"     -> among
        | NAME "not"i "in"i "(" value ("," value)* ")" -> not_among
        | NAME "is"i "set"i                         -> set_
        | NAME "is"i "not"i "set"i                  -> not_set
        | NAME STRING?                              -> fact

    ?value: STRING -> text | NUMBER -> number | DATE -> date | YES -> yes | NO -> no

    UNEQUAL: "!="
    ORDER: "<=" | ">=" | "<" | ">"
    PERCENT: "%"
    YES.2: /(yes|true)\b/i
    NO.2: /(no|false)\b/i
    DATE.2: /[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}/
    NUMBER: /[+-]?[0-9]{1,15}(\.[0-9]{1,10})?/
    STRING: /"([^"\\\n]|\\["\\])*"/
    NAME: /[a-z_][a-z0-9_]*/
    %ignore /[ \t\r\n]+/
"""


def parse(text: str) -> Rule:
    """What somebody wrote. Raises BadSegment."""
    if len(text) > MAX_CHARACTERS:
        raise BadSegment(
            MAX_CHARACTERS + 1, f"has more than {MAX_CHARACTERS:,} characters", "cut it"
        )
    return read(text)


def read(text: str) -> Rule:
    """What was kept of it: with blanks that it was written without, it may be longer. Raises
    BadSegment."""
    try:
        rule: Any = _parser().parse(text)  # what our transformer makes of the tree
    except UnexpectedCharacters as error:
        raise _strange(text, error.pos_in_stream or 0) from error
    except UnexpectedToken as error:
        raise _unexpected(text, error.token, error.accepts or error.expected) from error
    return _checked(rule)


def _checked(rule: Rule) -> Rule:
    if rule.expression is None and rule.sample is None:
        raise BadSegment(1, "it says nothing", 'write for example `tag = "python"`')
    if rule.expression is not None and depth(rule.expression) > MAX_DEPTH:
        raise BadSegment(1, f"is nested more than {MAX_DEPTH} deep", "make two segments of it")
    return rule


@v_args(inline=True)
class _Tree(Transformer[Token, Any]):
    """Called for each rule of the grammar as it is recognised."""

    def rule(self, *parts: Expression | Sample) -> Rule:
        expression = [part for part in parts if not isinstance(part, Sample)]
        samples = [part for part in parts if isinstance(part, Sample)]
        return Rule(expression[0] if expression else None, samples[0] if samples else None)

    def sample(self, size: Token, *more: Token) -> Sample:
        given = {token.type: token for token in more}
        per_cent, seed = "PERCENT" in given, given.get("STRING")
        number = Decimal(size)
        if not number > 0 or (per_cent and number > 100) or not (per_cent or number % 1 == 0):
            raise BadSegment(
                _column(size), f"{size} is no size of a sample", "write for example `500` or `10%`"
            )
        return Sample(number, per_cent, "" if seed is None else self.text(seed))

    def either(self, *parts: Expression) -> Expression:
        return either(list(parts))

    def both(self, *parts: Expression) -> Expression:
        return both(list(parts))

    def negated(self, part: Expression) -> Expression:
        return negated(part)

    def equal(self, name: Token, value: Value) -> Comparison:
        return Comparison(str(name), Relation.EQUAL, (value,), _column(name))

    def compared(self, name: Token, sign: Token, value: Value) -> Comparison:
        relation = Relation.UNEQUAL if sign.type == "UNEQUAL" else Relation(str(sign))
        return Comparison(str(name), relation, (value,), _column(name))

    def among(self, name: Token, *values: Value) -> Comparison:
        return Comparison(str(name), Relation.AMONG, values, _column(name))

    def not_among(self, name: Token, *values: Value) -> Comparison:
        return Comparison(str(name), Relation.NOT_AMONG, values, _column(name))

    def set_(self, name: Token) -> Comparison:
        return Comparison(str(name), Relation.SET, (), _column(name))

    def not_set(self, name: Token) -> Comparison:
        return Comparison(str(name), Relation.NOT_SET, (), _column(name))

    def fact(self, name: Token, argument: Token | None = None) -> Fact:
        text = None if argument is None else self.text(argument)
        return Fact(str(name), text, _column(name))

    def text(self, token: Token) -> str:
        text = re.sub(r"\\(.)", r"\1", token[1:-1])
        try:
            check_value("the text", text)
        except BadValue as error:
            raise BadSegment(_column(token), str(error), "write it again") from error
        if not text.strip():
            raise BadSegment(
                _column(token), "the text is empty", "ask for none with `NAME is not set`"
            )
        return text

    def number(self, token: Token) -> Decimal:
        return Decimal(token)

    def date(self, token: Token) -> dt.date:
        try:
            return dt.date.fromisoformat(token)
        except ValueError as error:
            raise BadSegment(
                _column(token), f"{token} is no date", "write it like 2026-01-31"
            ) from error

    def yes(self, _: Token) -> bool:
        return True

    def no(self, _: Token) -> bool:
        return False


@cache
def _parser() -> Lark:
    return Lark(
        _GRAMMAR, parser="lalr", start="rule", transformer=_Tree(), maybe_placeholders=False
    )


def _column(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _strange(text: str, position: int) -> BadSegment:
    """A character that begins nothing of the language."""
    character = text[position]
    if character == '"':
        return BadSegment(position + 1, "a text is not closed", 'end it with `"`')
    if character in "'“”„«»‘’`":
        return BadSegment(position + 1, f"{character} is no quotation mark here", 'write `"`')
    if character.isupper():
        return BadSegment(
            position + 1, f"{character!r} is a capital", 'write names small, and texts between `"`'
        )
    return BadSegment(
        position + 1, f"{character!r} means nothing here", 'put texts between `"` and `"`'
    )


_SIGNS = {"EQUAL", "UNEQUAL", "ORDER", "IN", "IS"}
_WORDS = {
    "NAME": "a name",
    "STRING": 'a text like "python"',
    "NUMBER": "a number",
    "DATE": "a date like 2026-01-31",
    "YES": "yes",
    "RPAR": "`)`",
    "LPAR": "`(`",
    "COMMA": "`,`",
    "AND": "`and`",
    "OR": "`or`",
    "SET": "`set`",
    "IN": "`in`",
    "PERCENT": "`%`",
}


def _unexpected(text: str, token: Token, expected: Set[str]) -> BadSegment:
    ended = token.type == "$END"
    column = len(text.rstrip()) + 1 if ended else _column(token)
    what = "ends too early" if ended else f"`{token}` cannot stand here"
    words = [word for name, word in _WORDS.items() if name in expected]
    if len(expected & _SIGNS) > 2:
        words = ["`=`, `!=`, `<`, `>`, `in (…)`, `is set`", *words]
    if not words:
        return BadSegment(column, what, "take it away")
    return BadSegment(column, what, f"write {' or '.join(words)}")
