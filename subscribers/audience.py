"""Who receives: queries for whoever plans and sends. They are built here and run elsewhere.

Somebody is welcome to a mail where the subscription is confirmed, the address suppressed neither
for that list nor for all, and the person has not asked for a pause.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from subscribers import suppression
from subscribers.attributes import SPACES
from subscribers.database import Database, extended, for_a_page, moment, octets
from subscribers.languages import places
from subscribers.model import ConsentChange, SubscriptionStatus
from subscribers.schema import consent_events, subscribers, subscriptions, typed_values
from subscribers.segments.filter import Filter

Audience = sa.Select[int, int, str, bytes]  # subscription, subscriber, address, token
_MEANINGS = (typed_values, typed_values.c.subscriber_id == subscriptions.c.subscriber_id)
Page = Sequence[sa.Row[*tuple[Any, ...]]]
MAX_BATCH = 10_000  # ids in one query; SQLite knows 32,766 bound values at most


def audience(list_id: int, chosen: Filter | None = None, parts: Parts | None = None) -> Audience:
    """(subscription_id, subscriber_id, email, token) of everybody who is welcome to a mail of
    this list, in the order of the subscription's id; of those `chosen` by a segment only. With
    `parts` also (audiences, language), the parts to which each belongs."""
    query = (
        sa.select(
            subscriptions.c.id.label("subscription_id"),
            subscriptions.c.subscriber_id,
            subscribers.c.email,
            subscriptions.c.token,
        )
        .join_from(subscriptions, subscribers)
        .where(subscriptions.c.list_id == list_id, is_welcome())
        .order_by(subscriptions.c.id)
    )
    if chosen is not None or parts is not None:
        query = query.join(*_MEANINGS, isouter=True)
    if parts is not None:
        query = _with_parts(query, list_id, parts)
    return query if chosen is None else query.where(_chosen(list_id, chosen))


def _with_parts(query: Audience, list_id: int, parts: Parts) -> Audience:
    bits = [
        sa.case((_chosen(list_id, each), 1 << bit), else_=0)
        for bit, each in enumerate(parts.segments)
    ]
    language = places(subscribers.c.language, parts.languages)
    return query.add_columns(
        sum(bits, sa.literal(0)).label("audiences"), language.label("language")
    )


def _chosen(list_id: int, chosen: Filter) -> sa.ColumnElement[bool]:
    if chosen.most is None:
        return chosen.condition
    everybody = audience(list_id, Filter(chosen.condition)).order_by(None)
    sample = everybody.order_by(chosen.rank, subscriptions.c.id).limit(chosen.most).subquery()
    return subscriptions.c.id.in_(sa.select(sample.c.subscription_id))


def count(connection: sa.Connection, list_id: int, chosen: Filter) -> int:
    """How many `audience` would give: those who match, less the few of them who are `silent`,
    since to look at every reader's suppressions takes longer than all the rest."""
    every = _matching(chosen.condition).where(subscriptions.c.list_id == list_id)
    found = int(connection.scalar(every) or 0) - silent(connection, list_id, chosen.condition)
    return found if chosen.most is None else min(found, chosen.most)


def silent(connection: sa.Connection, list_id: int, condition: sa.ColumnElement[bool]) -> int:
    """How many of the confirmed who match are suppressed or paused: sought from those few."""
    suppressed = suppression.suppressed(list_id).subquery()
    paused = sa.select(subscribers.c.id).where(is_paused())
    few = sa.select(suppressed.c.id).union_all(paused)
    # The sum keeps SQLite from reading through the whole list for the sake of the few.
    query = _matching(condition).where(
        subscriptions.c.list_id + 0 == list_id, subscriptions.c.subscriber_id.in_(few)
    )
    return int(connection.scalar(query) or 0)


def _matching(condition: sa.ColumnElement[bool]) -> sa.Select[int]:
    """How many confirmed subscriptions match; without the table of subscribers where the condition
    needs none of it, since its rows are wide."""
    query = sa.select(sa.func.count()).select_from(subscriptions)
    elements = sa.sql.visitors.iterate(condition)
    tables = {element.table for element in elements if isinstance(element, sa.Column)}
    if subscribers in tables:
        query = query.join(subscribers)
    if typed_values in tables:
        query = query.join(*_MEANINGS, isouter=True)
    return query.where(subscriptions.c.status == SubscriptionStatus.CONFIRMED, condition)


def recipients(
    subscription_ids: Sequence[int], with_sign_up: bool = False
) -> sa.Select[int, str, Any]:
    """(subscription_id, email, attributes) of a batch, whether they are still welcome or not;
    a subscription that is gone has no row. At most MAX_BATCH ids. `with_sign_up` adds to the
    attributes `signed_up_on`, in microseconds, and `signed_up_at`, the form, where it is known."""
    return (
        sa.select(
            subscriptions.c.id.label("subscription_id"),
            subscribers.c.email,
            _attributes_and_sign_up() if with_sign_up else subscribers.c.attributes,
        )
        .join_from(subscriptions, subscribers)
        .where(_among(subscription_ids))
    )


def _attributes_and_sign_up() -> sa.ColumnElement[Any]:
    form = (
        sa.select(consent_events.c.form)
        .where(
            consent_events.c.subscription_id == subscriptions.c.id,
            consent_events.c.form.is_not(None),
            consent_events.c.event != ConsentChange.UNSUBSCRIBED,
        )
        .order_by(consent_events.c.id.desc())
        .limit(1)
        .correlate(subscriptions)
        .scalar_subquery()
    )
    when = sa.cast(sa.type_coerce(subscriptions.c.confirmed_at, sa.BigInteger), sa.Text)
    return extended(
        *(subscribers.c.attributes, "signed_up_on", sa.func.coalesce(when, "")),
        *("signed_up_at", sa.func.coalesce(form, "")),
        type_=subscribers.c.attributes.type,
    )


def welcome(subscription_ids: Sequence[int]) -> sa.Select[int]:
    """(subscription_id) of those in a batch who are still welcome. Who has no row unsubscribed,
    was suppressed or is gone. At most MAX_BATCH ids."""
    return (
        sa.select(subscriptions.c.id.label("subscription_id"))
        .join_from(subscriptions, subscribers)
        .where(_among(subscription_ids), is_welcome())
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """What an audience is told apart by: bit n is for those in segment n; `languages` are those
    that there are, the first for everybody who would rather read none of them."""

    segments: Sequence[Filter]
    languages: Sequence[str]


@dataclass(frozen=True, slots=True)
class Use:
    """How a text uses an attribute: so many times, and of how many octets what stands there
    otherwise is; None where nothing may stand there otherwise."""

    attribute: str
    times: int
    otherwise: int | None


def lengths(people: Audience, uses: Iterable[Use]) -> sa.Select[int, int]:
    """(subscription_id, octets) of everybody in an audience, in the order of the subscription's
    id: how much a text takes for the address and for the attributes that it uses. Null where an
    attribute has no value, or a blank one, and nothing may stand there otherwise."""
    total = sum((_length(use) for use in uses), start=octets(subscribers.c.email))
    return people.with_only_columns(
        subscriptions.c.id.label("subscription_id"), total.label("octets")
    )


def pages(database: Database, people: sa.Select[*tuple[Any, ...]]) -> Iterator[Page]:
    """What `audience` or `lengths` gives, MAX_BATCH rows at a time, each in a transaction of its
    own: neither memory nor a read transaction grows with the list."""
    number = people.selected_columns.subscription_id
    page, last = people.limit(MAX_BATCH), 0
    while True:
        with database.read() as connection:
            for_a_page(connection)
            rows = connection.execute(page.where(number > last)).all()
        if rows:
            yield rows
        if len(rows) < MAX_BATCH:
            return
        last = rows[-1].subscription_id


def _length(use: Use) -> sa.ColumnElement[int]:
    value = subscribers.c.attributes[use.attribute].as_string()
    length: sa.ColumnElement[int] = octets(sa.func.nullif(sa.func.trim(value, SPACES), ""))
    if use.otherwise is not None:
        length = sa.func.coalesce(length, use.otherwise)
    return use.times * length


def _among(subscription_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    if len(subscription_ids) > MAX_BATCH:
        raise ValueError(f"a batch has at most {MAX_BATCH} subscriptions")
    return subscriptions.c.id.in_(subscription_ids)


def is_welcome() -> sa.ColumnElement[bool]:
    """Of a subscription joined with its subscriber, in whatever query encloses it."""
    confirmed = subscriptions.c.status == SubscriptionStatus.CONFIRMED
    return confirmed & suppression.is_free() & ~is_paused()


def is_paused() -> sa.ColumnElement[bool]:
    """By the database's time, since a query has no other."""
    until = subscribers.c.paused_until
    return until.is_not(None) & (until > moment())
