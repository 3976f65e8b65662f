"""How a list fares: who came, who left, and whose address died, month by month."""

from __future__ import annotations

import bisect
import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from subscribers import audience
from subscribers.instant import microseconds
from subscribers.model import SuppressionReason
from subscribers.schema import subscribers, subscriptions, suppressions
from subscribers.segments.filter import Filter

_MICROSECOND = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Between two moments. `died` are readers whose address bounced for good, `complained` those
    who called a mail spam."""

    start: dt.datetime
    joined: int
    left: int
    died: int
    complained: int


@dataclass(frozen=True, slots=True)
class Health:
    """`audience` is how many would be mailed now."""

    audience: int
    spans: tuple[Span, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many readers there were at the beginning of each span, and now: told backwards from
        now, by who joined, left and died."""
        sizes = [self.audience]
        for span in reversed(self.spans):
            sizes.insert(0, max(0, sizes[0] - span.joined + span.left + span.died))
        return tuple(sizes)

    @property
    def churn(self) -> tuple[float, ...]:
        """The share of its readers at the beginning that each span lost; 0 where it had none."""
        pairs = zip(self.spans, self.sizes[:-1], strict=True)
        return tuple((span.left + span.died) / size if size else 0.0 for span, size in pairs)


def health(connection: sa.Connection, list_id: int, bounds: Sequence[dt.datetime]) -> Health:
    """Of the spans between the `bounds`, which are in order."""
    joined = _in_each(connection, _readers(list_id), subscriptions.c.confirmed_at, bounds)
    left = left_in(connection, list_id, bounds)
    died, complained = (
        _in_each(connection, _suppressed(list_id, reason), suppressions.c.created_at, bounds)
        for reason in (SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED)
    )
    rows = zip(bounds[:-1], joined, left, died, complained, strict=True)
    audience_now = audience.count(connection, list_id, Filter(sa.true()))
    return Health(audience_now, tuple(Span(*row) for row in rows))


def left_in(
    connection: sa.Connection, list_id: int, bounds: Sequence[dt.datetime]
) -> tuple[int, ...]:
    """How many left a list, and did not come back, in each span between the bounds."""
    return _in_each(connection, _readers(list_id), subscriptions.c.unsubscribed_at, bounds)


def _readers(list_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Who are or were confirmed: who had left when they were imported is no loss of this list."""
    return sa.select().select_from(subscriptions).where(_confirmed_on(list_id))


def _confirmed_on(list_id: int) -> sa.ColumnElement[bool]:
    return (subscriptions.c.list_id == list_id) & subscriptions.c.confirmed_at.is_not(None)


def _suppressed(list_id: int, reason: SuppressionReason) -> sa.Select[*tuple[Any, ...]]:
    here = suppressions.c.list_id.is_(None) | (suppressions.c.list_id == list_id)
    return (
        sa.select()
        .select_from(suppressions)
        .join(subscribers, subscribers.c.email_key == suppressions.c.email_key)
        .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
        .where(_confirmed_on(list_id), suppressions.c.reason == reason, here)
    )


def _in_each(
    connection: sa.Connection,
    rows: sa.Select[*tuple[Any, ...]],
    column: sa.Column[Any],
    bounds: Sequence[dt.datetime],
) -> tuple[int, ...]:
    """How many rows have the column between each bound and the next. They are looked at once: what
    divides all the spans tells in which of them each is."""
    first, last = bounds[0], bounds[-1]
    ends = [(bound - first) // _MICROSECOND for bound in bounds[1:]]
    unit = sa.literal(math.gcd(*ends), sa.BigInteger)
    start = sa.literal(microseconds(first), sa.BigInteger)
    place = (sa.type_coerce(column, sa.BigInteger) - start) // unit * unit
    counted = rows.add_columns(place, sa.func.count()).where(column >= first, column < last)
    numbers = [0] * len(ends)
    for at, number in connection.execute(counted.group_by(place)):
        numbers[bisect.bisect_right(ends, int(at))] += number
    return tuple(numbers)
