"""What the ledger knows of readers: queries that others build into their own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from mailer.ledger.schema import deliveries, dispatches
from mailer.model.delivery import State


@dataclass(frozen=True, slots=True)
class PersonalCopy:
    """One copy of one person, as its dispatch has it. `at` is when its state last changed."""

    dispatch_id: int
    issue_id: str
    list_name: str
    state: State
    at: dt.datetime
    reply: str


def copies_of(c: sa.Connection, subscriber_id: int) -> tuple[PersonalCopy, ...]:
    """In the order of the dispatches."""
    query = (
        sa.select(
            *(dispatches.c.id, dispatches.c.issue_id, dispatches.c.list_name),
            *(deliveries.c.state, deliveries.c.changed_at, deliveries.c.reply),
        )
        .join_from(deliveries, dispatches)
        .where(deliveries.c.subscriber_id == subscriber_id)
        .order_by(dispatches.c.id)
    )
    return tuple(
        PersonalCopy(number, issue, list_name, State(state), at, reply)
        for number, issue, list_name, state, at, reply in c.execute(query)
    )


def received(issue_id: str | None) -> sa.Select[int]:
    """(subscriber_id) of those who were sent a copy of an issue, or (None) of any."""
    sent = (deliveries.c.state == State.SENT, deliveries.c.subscriber_id.is_not(None))
    query = sa.select(deliveries.c.subscriber_id).where(*sent)
    if issue_id is None:
        return query
    its = sa.select(dispatches.c.id).where(dispatches.c.issue_id == issue_id)
    return query.where(deliveries.c.dispatch_id.in_(its))
