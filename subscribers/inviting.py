"""Asking those who are on a list without a consent: whom, and when they were asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import sqlalchemy as sa

from subscribers.address import parse
from subscribers.consent import log
from subscribers.fingerprint import Fingerprint
from subscribers.model import Consent, ConsentChange, PassKind, SubscriptionStatus
from subscribers.naming import some_fingerprint
from subscribers.schema import consent_events, passes, subscribers, subscriptions
from subscribers.suppression import is_free, reasons

REST = dt.timedelta(days=30)  # nobody is asked more often
_BATCH = 5_000
_HOW = Consent("invited by the editor", "")


@dataclass(frozen=True, slots=True)
class Invited:
    """One who is to be asked. `token` is that of the subscription."""

    subscription_id: int
    subscriber_id: int
    email: str
    language: str | None
    token: bytes = field(repr=False)


def invite(
    connection: sa.Connection, list_id: int, most: int, fingerprint: Fingerprint, at: dt.datetime
) -> list[Invited]:
    """Choose at most so many pending people, those who were never asked first, and note that they
    are asked now: whoever calls this hands the mails over in the same transaction. Nobody who is
    suppressed or was erased, or was asked within the last month, be it for a sign-up of theirs."""
    query = (
        _waiting(list_id, at)
        .where(subscriptions.c.id.not_in(_erased(connection, list_id, fingerprint, at)))
        .order_by(subscriptions.c.invited_at.is_not(None), subscriptions.c.invited_at)
        .order_by(subscriptions.c.id)
        .limit(most)
        .with_for_update(of=subscriptions)
    )
    chosen = [Invited(*row) for row in connection.execute(query)]
    noted = (
        sa.update(subscriptions)
        .where(subscriptions.c.id == sa.bindparam("subscription"))
        .values(invited_at=at)
    )
    if chosen:
        connection.execute(noted, [{"subscription": each.subscription_id} for each in chosen])
    log(connection, [(each.subscription_id, ConsentChange.INVITED, _HOW) for each in chosen], at)
    return chosen


def waiting(
    connection: sa.Connection, list_id: int, fingerprint: Fingerprint, at: dt.datetime
) -> int:
    """How many could be asked now."""
    people = _waiting(list_id, at).subquery()
    count = connection.scalar(sa.select(sa.func.count()).select_from(people)) or 0
    return count - len(_erased(connection, list_id, fingerprint, at))


def _erased(
    connection: sa.Connection, list_id: int, fingerprint: Fingerprint, at: dt.datetime
) -> list[int]:
    """(subscription_id) of those for whom somebody signed up after they had been erased, and who
    did not answer: a fingerprint alone tells them."""
    if not some_fingerprint(connection):
        return []
    signed_up = sa.exists().where(
        consent_events.c.subscription_id == subscriptions.c.id,
        consent_events.c.event == ConsentChange.SIGNED_UP,
    )
    found = [Invited(*row) for row in connection.execute(_waiting(list_id, at).where(signed_up))]
    known = {parse(each.email).key: each.subscription_id for each in found}
    keys = list(known)
    held = (
        reasons(connection, list_id, keys[first : first + _BATCH], fingerprint)
        for first in range(0, len(keys), _BATCH)
    )
    return [known[key] for some in held for key in some]


def _waiting(list_id: int, at: dt.datetime) -> sa.Select[int, int, str, str | None, bytes]:
    invited = subscriptions.c.invited_at
    asked = (
        sa.exists()
        .where(
            passes.c.email_key == subscribers.c.email_key,
            passes.c.kind == PassKind.CONFIRM,
            passes.c.at > at - REST,
        )
        .correlate(subscribers)
    )
    return (
        sa.select(
            subscriptions.c.id,
            subscribers.c.id.label("subscriber_id"),
            subscribers.c.email,
            subscribers.c.language,
            subscriptions.c.token,
        )
        .join_from(subscriptions, subscribers)
        .where(
            subscriptions.c.list_id == list_id,
            subscriptions.c.status == SubscriptionStatus.PENDING,
            is_free(),
            ~asked,
            invited.is_(None) | (invited <= at - REST),
        )
    )
