"""What is kept no longer than a publication wants it kept. Deletions are cut by ids, so that nobody
waits long for a turn to write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from subscribers.erasure import delete
from subscribers.model import SubscriptionStatus
from subscribers.schema import consent_events, subscribers, subscriptions


def pending_since(before: dt.datetime) -> sa.Select[int]:
    """(id) of subscriptions that nobody confirmed for so long."""
    return sa.select(subscriptions.c.id).where(
        subscriptions.c.status == SubscriptionStatus.PENDING, subscriptions.c.created_at < before
    )


def drop_pending(connection: sa.Connection, before: dt.datetime, ids: range) -> int:
    """Delete them, and who is on no list then; how many subscriptions. Whoever confirms at this
    very moment was quicker, or is told that the link is too old."""
    waiting = pending_since(before).where(_within(subscriptions, ids)).order_by(subscriptions.c.id)
    found = connection.scalars(waiting.with_for_update()).all()
    theirs = sa.select(subscriptions.c.subscriber_id).where(subscriptions.c.id.in_(found))
    whose = (
        sa.select(subscribers.c.id).where(subscribers.c.id.in_(theirs)).order_by(subscribers.c.id)
    )
    people = connection.scalars(whose.with_for_update()).all()
    delete(connection, found)
    delete(connection, (), connection.scalars(_on_no_list(people)).all())
    return len(found)


def _on_no_list(subscriber_ids: Sequence[int]) -> sa.Select[int]:
    some = sa.exists().where(subscriptions.c.subscriber_id == subscribers.c.id)
    return sa.select(subscribers.c.id).where(subscribers.c.id.in_(subscriber_ids), ~some)


def left_since(before: dt.datetime) -> sa.Select[str, str]:
    """(email, email_key) of who left every list that they were on, for so long."""
    mine = subscriptions.c.subscriber_id == subscribers.c.id
    stayed = sa.or_(
        subscriptions.c.status != SubscriptionStatus.UNSUBSCRIBED,
        subscriptions.c.unsubscribed_at >= before,
    )
    some, one_that_stays = sa.exists().where(mine), sa.exists().where(mine, stayed)
    return sa.select(subscribers.c.email, subscribers.c.email_key).where(some, ~one_that_stays)


def origins_before(before: dt.datetime) -> sa.Select[int]:
    """(id) of entries of the consent log that say from where in the network somebody came, or with
    which program."""
    some = consent_events.c.ip.is_not(None) | consent_events.c.user_agent.is_not(None)
    return sa.select(consent_events.c.id).where(consent_events.c.at < before, some)


def drop_origins(connection: sa.Connection, before: dt.datetime, ids: range) -> int:
    found = origins_before(before).where(_within(consent_events, ids)).scalar_subquery()
    rows = sa.update(consent_events).where(consent_events.c.id.in_(found))
    return connection.execute(rows.values(ip=None, user_agent=None)).rowcount


def _within(table: sa.Table, ids: range) -> sa.ColumnElement[bool]:
    return table.c.id.between(ids.start, ids.stop - 1)
