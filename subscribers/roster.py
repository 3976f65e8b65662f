"""Adding people to a list in the database: a chunk in a few statements and one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from subscribers import changes, definitions
from subscribers.admission import Admissions, Entry, Standing, weigh
from subscribers.changes import Differences
from subscribers.consent import log
from subscribers.database import Database, insert_missing
from subscribers.fingerprint import Fingerprint
from subscribers.model import SubscriptionStatus
from subscribers.schema import lists, subscribers, subscriptions
from subscribers.suppression import reasons


@dataclass(frozen=True, slots=True)
class Roster:
    """The people on one list, as additions see it. A chunk may hold some 10,000 entries."""

    database: Database
    list_id: int
    new_token: Callable[[], bytes]
    fingerprint: Fingerprint

    def admit(self, entries: Sequence[Entry], at: dt.datetime) -> Admissions:
        """All of `entries` in one transaction: they are stored together or not at all."""
        with self.database.write() as connection:
            self._wait_for_others(connection)
            keys = {entry.address.key for entry in entries}
            before = self.standings(connection, keys, lock=True)
            admissions = weigh(before, entries)
            self._store(connection, admissions, at)
        return admissions

    def standings(
        self, connection: sa.Connection, keys: Collection[str], *, lock: bool
    ) -> dict[str, Standing]:
        """How each of `keys` stands with the list; strangers are left out. `lock` keeps everybody
        else from changing these people until the end of the transaction."""
        query = _people(self.list_id, keys)
        if lock:
            query = query.with_for_update(of=subscribers)
        suppressed = reasons(connection, self.list_id, keys, self.fingerprint)
        found = {key: Standing(suppressed=reason) for key, reason in suppressed.items()}
        for key, subscriber_id, attributes, subscription_id, status in connection.execute(query):
            found[key] = Standing(
                subscriber_id,
                attributes,
                subscription_id,
                None if status is None else SubscriptionStatus(status),
                suppressed.get(key),
            )
        return found

    def _wait_for_others(self, connection: sa.Connection) -> None:
        """One addition to a list at a time, so that each sees what the last one left. SQLite has
        but one writer anyhow; on PostgreSQL it is the list's row that they queue for."""
        row = sa.select(lists.c.id).where(lists.c.id == self.list_id)
        connection.execute(row.with_for_update(key_share=True)).all()

    def _store(self, connection: sa.Connection, admissions: Admissions, at: dt.datetime) -> None:
        _insert_people(connection, admissions, at)
        _update_people(connection, admissions, at)
        ids = _subscriber_ids(connection, admissions)
        self._insert_subscriptions(connection, admissions, ids, at)
        self._confirm(connection, admissions)
        self._log(connection, admissions, ids, at)
        definitions.keep(connection, _new_attributes(admissions, ids))
        changes.log(connection, _differences(admissions), at)

    def _insert_subscriptions(
        self,
        connection: sa.Connection,
        admissions: Admissions,
        ids: Mapping[str, int],
        at: dt.datetime,
    ) -> None:
        confirmed = _confirmed_at(admissions)
        rows = [
            {
                "subscriber_id": ids[key],
                "list_id": self.list_id,
                "status": after.status,
                "token": self.new_token(),
                "confirmed_at": confirmed.get(key),
                "created_at": at,
            }
            for key, before, after in admissions.changed()
            if before.subscription_id is None
        ]
        _run(connection, insert_missing(connection, subscriptions), rows)

    def _confirm(self, connection: sa.Connection, admissions: Admissions) -> None:
        """Pending → confirmed; somebody who unsubscribed this very moment stays unsubscribed."""
        confirmed = _confirmed_at(admissions)
        statement = (
            sa.update(subscriptions)
            .where(subscriptions.c.id == sa.bindparam("subscription"))
            .where(subscriptions.c.status == SubscriptionStatus.PENDING)
            .values(
                status=SubscriptionStatus.CONFIRMED, confirmed_at=sa.bindparam("confirmed_since")
            )
        )
        rows = [
            {"subscription": before.subscription_id, "confirmed_since": confirmed[key]}
            for key, before, after in admissions.changed()
            if before.subscription_id is not None and before.status is not after.status
        ]
        _run(connection, statement, rows)

    def _log(
        self,
        connection: sa.Connection,
        admissions: Admissions,
        ids: Mapping[str, int],
        at: dt.datetime,
    ) -> None:
        keys = {entry.address.key for entry in admissions.grounds}
        subscription_ids = self._subscription_ids(connection, [ids[key] for key in keys])
        entries = (
            (subscription_ids[ids[entry.address.key]], entry.event, entry.consent)
            for entry in admissions.grounds
        )
        log(connection, entries, at)

    def _subscription_ids(
        self, connection: sa.Connection, subscriber_ids: Collection[int]
    ) -> dict[int, int]:
        query = sa.select(subscriptions.c.subscriber_id, subscriptions.c.id).where(
            subscriptions.c.list_id == self.list_id,
            subscriptions.c.subscriber_id.in_(subscriber_ids),
        )
        return {row.subscriber_id: row.id for row in connection.execute(query)}


def _people(list_id: int, keys: Collection[str]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            subscribers.c.email_key,
            subscribers.c.id,
            subscribers.c.attributes,
            subscriptions.c.id.label("subscription_id"),
            subscriptions.c.status,
        )
        .join_from(
            subscribers,
            subscriptions,
            (subscriptions.c.subscriber_id == subscribers.c.id)
            & (subscriptions.c.list_id == list_id),
            isouter=True,
        )
        .where(subscribers.c.email_key.in_(keys))
        .order_by(subscribers.c.email_key)  # one order for all, against deadlocks
    )


def _insert_people(connection: sa.Connection, admissions: Admissions, at: dt.datetime) -> None:
    rows = [
        {
            "email": admissions.first[key].address.email,
            "email_key": key,
            "attributes": after.attributes,
            "created_at": at,
            "updated_at": at,
        }
        for key, before, after in sorted(admissions.changed(), key=lambda change: change[0])
        if before.subscriber_id is None
    ]
    _run(connection, insert_missing(connection, subscribers), rows)


def _update_people(connection: sa.Connection, admissions: Admissions, at: dt.datetime) -> None:
    statement = (
        sa.update(subscribers)
        .where(subscribers.c.id == sa.bindparam("subscriber"))
        .values(attributes=sa.bindparam("merged"), updated_at=at)
    )
    rows = [
        {"subscriber": before.subscriber_id, "merged": after.attributes}
        for _, before, after in admissions.changed()
        if before.subscriber_id is not None and before.attributes != after.attributes
    ]
    _run(connection, statement, rows)


def _subscriber_ids(connection: sa.Connection, admissions: Admissions) -> dict[str, int]:
    known = {
        key: before.subscriber_id
        for key, before, _ in admissions.changed()
        if before.subscriber_id is not None
    }
    fresh = [key for key, before, _ in admissions.changed() if before.subscriber_id is None]
    query = sa.select(subscribers.c.email_key, subscribers.c.id).where(
        subscribers.c.email_key.in_(fresh)
    )
    return known | {row.email_key: row.id for row in connection.execute(query)}


def _new_attributes(admissions: Admissions, ids: Mapping[str, int]) -> dict[int, Mapping[str, str]]:
    """Those of new people, and those that changed."""
    return {
        ids[key]: after.attributes
        for key, before, after in admissions.changed()
        if before.attributes != after.attributes
    }


def _differences(admissions: Admissions) -> Iterator[tuple[int, str, Differences]]:
    """Of those who were known already."""
    for key, before, after in admissions.changed():
        if before.subscriber_id is not None and before.attributes != after.attributes:
            how = admissions.first[key].consent.how
            yield before.subscriber_id, how, changes.between(before.attributes, after.attributes)


def _confirmed_at(admissions: Admissions) -> dict[str, dt.datetime]:
    """When those became confirmed who became it in this chunk."""
    return {
        entry.address.key: entry.confirmed_at
        for entry in admissions.grounds
        if entry.confirmed_at is not None
    }


def _run(
    connection: sa.Connection, statement: sa.Executable, rows: Iterable[Mapping[str, Any]]
) -> None:
    """Once for each row; not at all without rows."""
    parameters = list(rows)
    if parameters:
        connection.execute(statement, parameters)
