"""Rule → filter: what a query over the subscriptions of a list needs of a segment."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum, auto

import sqlalchemy as sa

from subscribers.errors import BadSegment, BadValue
from subscribers.kinds import Definition
from subscribers.schema import subscriptions
from subscribers.segments.expression import (
    And,
    Comparison,
    Expression,
    Fact,
    Not,
    Or,
    Relation,
    Rule,
)
from subscribers.segments.fields import (
    ORDERS,
    Condition,
    Field,
    Joined,
    Language,
    Tagged,
    of_attribute,
)

_PRIME = 2_147_483_579  # below 2**31, so that products of two fit; 2 modulo 3: cubing permutes


class Argument(Enum):
    NONE = auto()
    OPTIONAL = auto()
    REQUIRED = auto()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What another part of the product knows of people. `people` gives the query for the ids of
    the subscribers of whom it is true; for an argument that it cannot use it raises BadValue."""

    argument: Argument
    people: Callable[[str | None], sa.Select[int] | sa.CompoundSelect[int]]


@dataclass(frozen=True, slots=True)
class Scope:
    """What the names in a segment mean. `timezone` is that of dates."""

    definitions: Mapping[str, Definition] = field(default_factory=dict)
    facts: Mapping[str, Knowledge] = field(default_factory=dict)
    timezone: dt.tzinfo = dt.UTC

    def field(self, name: str) -> Field:
        match name:
            case "tag":
                return Tagged()
            case "joined":
                return Joined(self.timezone)
            case "language":
                return Language()
            case _:
                return of_attribute(name, self.definitions.get(name))


NAMES = frozenset({"tag", "joined", "language"})  # of fields that are no attributes


@dataclass(frozen=True, slots=True)
class Filter:
    """`condition` is over subscriptions ⋈ subscribers ⟕ typed_values. Of those, where `most` is
    set, at most so many are taken, the first by `rank`."""

    condition: Condition
    rank: sa.ColumnElement[int] | None = None
    most: int | None = None


def filter_of(rule: Rule, scope: Scope) -> Filter:
    """Raises BadSegment."""
    condition = sa.true() if rule.expression is None else _condition(rule.expression, scope)
    sample = rule.sample
    if sample is None:
        return Filter(condition)
    rank = _rank(sample.seed)
    if sample.per_cent:
        return Filter(condition & (rank < sa.literal(_share(sample.size), sa.BigInteger)))
    return Filter(condition, rank, int(sample.size))


def _share(per_cent: Decimal) -> int:
    return int(_PRIME * per_cent / 100)


def rank(subscriber_id: int, seed: str) -> int:
    """A number below 2,147,483,579 that looks like chance and is the same each time."""
    factor, summand = _dice(seed)
    mixed = (subscriber_id % _PRIME * factor + summand) % _PRIME
    return mixed * mixed % _PRIME * mixed % _PRIME


def _rank(seed: str) -> sa.ColumnElement[int]:
    """`rank` in SQL, which has no function for it that both databases know."""
    factor, summand = _dice(seed)
    subscriber = sa.cast(subscriptions.c.subscriber_id, sa.BigInteger)
    mixed = (subscriber % _PRIME * factor + summand) % _PRIME
    return ((mixed * mixed) % _PRIME * mixed) % _PRIME


def _dice(seed: str) -> tuple[int, int]:
    digest = hashlib.sha256(f"sample {seed}".encode()).digest()
    factor = int.from_bytes(digest[:8], "big") % (_PRIME - 1) + 1
    return factor, int.from_bytes(digest[8:16], "big") % _PRIME


def _condition(expression: Expression, scope: Scope) -> Condition:
    match expression:
        case Not(part):
            return sa.not_(_condition(part, scope))
        case And(parts):
            return sa.and_(*(_condition(part, scope) for part in parts))
        case Or(parts):
            return sa.or_(*(_condition(part, scope) for part in parts))
        case Fact():
            return _known(expression, scope)
        case _:
            return _comparison(expression, scope)


def _comparison(comparison: Comparison, scope: Scope) -> Condition:
    name, relation, values = comparison.field, comparison.relation, comparison.values
    if name in scope.facts:
        raise BadSegment(comparison.column, f"`{name}` stands alone", "compare nothing with it")
    found = scope.field(name)
    try:
        if relation in ORDERS:
            return found.ordered(relation, values[0])
        match relation:
            case Relation.SET | Relation.NOT_SET:
                condition = found.present()
            case _:
                condition = found.among(values)
    except BadValue as error:
        what, _, mend = str(error).removeprefix(f"{name}: ").rpartition(": ")
        raise BadSegment(comparison.column, f"{name}: {what}", mend) from error
    negative = relation in (Relation.UNEQUAL, Relation.NOT_AMONG, Relation.NOT_SET)
    return sa.not_(condition) if negative else condition


def _known(fact: Fact, scope: Scope) -> Condition:
    knowledge = scope.facts.get(fact.name)
    if knowledge is None:
        raise BadSegment(fact.column, f"nothing is known as `{fact.name}`", _instead(fact, scope))
    if fact.argument is None and knowledge.argument is Argument.REQUIRED:
        raise BadSegment(fact.column, f"`{fact.name}` of what?", f'write `{fact.name} "…"`')
    if fact.argument is not None and knowledge.argument is Argument.NONE:
        raise BadSegment(fact.column, f"`{fact.name}` stands alone", "take away what follows it")
    try:
        people = knowledge.people(fact.argument)
    except BadValue as error:
        what, _, mend = str(error).rpartition(": ")
        raise BadSegment(fact.column, what, mend) from error
    return subscriptions.c.subscriber_id.in_(people)


def _instead(fact: Fact, scope: Scope) -> str:
    close = get_close_matches(fact.name, scope.facts, 1)
    if close:
        return f"did you mean `{close[0]}`?"
    return f'write `{fact.name} = "…"`, or one of: {", ".join(sorted(scope.facts))}'
