"""What stands on the left of a comparison, as SQL over subscriptions ⋈ subscribers ⟕ typed_values.

Every condition is true or false, never null: what somebody does not have equals nothing and is
neither above nor below anything, so `country != "DE"` takes those of unknown country along.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import sqlalchemy as sa

from subscribers import languages, tags
from subscribers.attributes import SPACES
from subscribers.errors import BadValue
from subscribers.kinds import AttributeKind, Definition, day
from subscribers.schema import subscriber_tags, subscribers, subscriptions, typed_values
from subscribers.segments.expression import Relation, Value, literal

Condition = sa.ColumnElement[bool]
ORDERS = (Relation.BELOW, Relation.AT_MOST, Relation.ABOVE, Relation.AT_LEAST)


class Field(Protocol):
    """Each raises BadValue for values that the field cannot have, and for orders that it does not
    know; its text begins with what the value is."""

    def among(self, values: Sequence[Value]) -> Condition: ...

    def ordered(self, relation: Relation, value: Value) -> Condition: ...

    def present(self) -> Condition: ...


def of_attribute(name: str, definition: Definition | None) -> Field:
    """An attribute that nobody defined is text, read out of everybody's JSON."""
    if definition is None:
        return Texts(subscribers.c.attributes[name].as_string(), str)
    column = typed_values.c[definition.column]
    match definition.kind:
        case AttributeKind.NUMBER:
            return Numbers(column, _number)
        case AttributeKind.DATE:
            return Numbers(column, _day)
        case AttributeKind.BOOLEAN:
            return Numbers(column, _truth, ordered_=False)
        case _:
            return Texts(column, definition.normal)


@dataclass(frozen=True, slots=True)
class Texts:
    """`normal` gives a text the form in which the column has it."""

    column: sa.ColumnElement[Any]
    normal: Callable[[str], str]

    def among(self, values: Sequence[Value]) -> Condition:
        return _certain(self.column.in_([self.normal(_text(value)) for value in values]))

    def ordered(self, relation: Relation, value: Value) -> Condition:
        raise _no_order(value)

    def present(self) -> Condition:
        return _certain(sa.func.trim(self.column, SPACES) != "")


@dataclass(frozen=True, slots=True)
class Numbers:
    """`number` says which number a value stands for."""

    column: sa.ColumnElement[Any]
    number: Callable[[Value], float]
    ordered_: bool = True

    def among(self, values: Sequence[Value]) -> Condition:
        return _certain(self.column.in_([self.number(value) for value in values]))

    def ordered(self, relation: Relation, value: Value) -> Condition:
        if not self.ordered_:
            raise _no_order(value)
        return _certain(_compared(self.column, relation, self.number(value)))

    def present(self) -> Condition:
        return self.column.is_not(None)


@dataclass(frozen=True, slots=True)
class Joined:
    """The day, in `timezone`, on which somebody's subscription was confirmed."""

    timezone: dt.tzinfo

    def among(self, values: Sequence[Value]) -> Condition:
        days = [self._begin(value, 0) <= subscriptions.c.confirmed_at for value in values]
        nexts = [subscriptions.c.confirmed_at < self._begin(value, 1) for value in values]
        return _certain(sa.or_(*map(sa.and_, days, nexts)))

    def ordered(self, relation: Relation, value: Value) -> Condition:
        later = relation in (Relation.AT_MOST, Relation.ABOVE)
        limit = self._begin(value, 1 if later else 0)
        before = relation in (Relation.BELOW, Relation.AT_MOST)
        confirmed = subscriptions.c.confirmed_at
        return _certain(confirmed < limit if before else confirmed >= limit)

    def present(self) -> Condition:
        return subscriptions.c.confirmed_at.is_not(None)

    def _begin(self, value: Value, days: int) -> sa.ColumnElement[Any]:
        """When that day begins, or one so many days later."""
        date = _date(value)
        if not dt.date(1970, 1, 2) <= date < dt.date(9000, 1, 1):
            raise BadValue(f"{date} is no day on which anybody joined: take a later one")
        begin = dt.datetime.combine(date + dt.timedelta(days), dt.time(), self.timezone)
        return sa.literal(begin, subscriptions.c.confirmed_at.type)


class Tagged:
    def among(self, values: Sequence[Value]) -> Condition:
        return _has_tag(tags.of_names([_text(value) for value in values]))

    def ordered(self, relation: Relation, value: Value) -> Condition:
        raise _no_order(value)

    def present(self) -> Condition:
        return _has_tag(None)


class Language:
    """`de` also takes `de-at`, and so does `German`."""

    def among(self, values: Sequence[Value]) -> Condition:
        wanted = [languages.tag(_text(value)) for value in values]
        column = subscribers.c.language
        return _certain(
            sa.or_(
                column.in_(wanted), *(column.startswith(f"{w}-", autoescape=True) for w in wanted)
            )
        )

    def ordered(self, relation: Relation, value: Value) -> Condition:
        raise _no_order(value)

    def present(self) -> Condition:
        return subscribers.c.language.is_not(None)


def _has_tag(wanted: sa.Select[int] | None) -> Condition:
    tagged = sa.select(subscriber_tags.c.subscriber_id)
    if wanted is not None:
        tagged = tagged.where(subscriber_tags.c.tag_id.in_(wanted))
    return subscriptions.c.subscriber_id.in_(tagged)


def _compared(column: sa.ColumnElement[Any], relation: Relation, number: float) -> Condition:
    match relation:
        case Relation.BELOW:
            return column < number
        case Relation.AT_MOST:
            return column <= number
        case Relation.ABOVE:
            return column > number
        case _:
            return column >= number


def _certain(condition: sa.ColumnElement[Any]) -> Condition:
    """Null is false."""
    return condition.is_(sa.true())


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise BadValue(f'{literal(value)} is no text: write it as "{literal(value)}"')
    return value


def _number(value: Value) -> float:
    if not isinstance(value, Decimal):
        raise BadValue(f"{literal(value)} is no number: write one without quotes")
    return float(value)


def _date(value: Value) -> dt.date:
    if not isinstance(value, dt.date):
        raise BadValue(f"{literal(value)} is no date: write one like 2026-01-31, without quotes")
    return value


def _day(value: Value) -> float:
    return day(_date(value))


def _truth(value: Value) -> float:
    if not isinstance(value, bool):
        raise BadValue(f"{literal(value)} is neither yes nor no: write yes or no, without quotes")
    return float(value)


def _no_order(value: Value) -> BadValue:
    return BadValue(
        f"nothing is above or below {literal(value)} here: only numbers and dates have an order: "
        "use = or in, or define the attribute as one (`mailer attribute define`)"
    )
