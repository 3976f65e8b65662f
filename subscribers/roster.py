"""Adding people to a list in the database: a chunk in a few statements and one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from subscribers import bulk, registry, standings
from subscribers.admission import Case, Entry, Standing, weigh
from subscribers.consent import log
from subscribers.database import Database
from subscribers.fingerprint import Fingerprint
from subscribers.gates import ENTRANCE, VALUES
from subscribers.hearsay import suppress_departed
from subscribers.instant import Instant, microseconds
from subscribers.model import Consent, ConsentChange, SubscriptionStatus
from subscribers.schema import subscriptions

_SUBSCRIPTION = (
    *("id", "subscriber_id", "list_id", "status", "token"),
    *("confirmed_at", "unsubscribed_at", "created_at"),
)
_ALIKE = 4  # octets
_TRIES = 5

_Grounds = list[tuple[int, ConsentChange, Consent]]  # subscription, what happened, why


@dataclass(frozen=True, slots=True)
class Roster:
    """The people on one list, as additions see it. A chunk holds at most 10,000 entries, all of
    different people."""

    database: Database
    list_id: int
    new_token: Callable[[], bytes]
    fingerprint: Fingerprint

    def admit(self, entries: Sequence[Entry], at: dt.datetime) -> list[Case]:
        """All of `entries` in one transaction: they are stored together or not at all. Whoever is
        not to be changed is not locked; where a stranger signs up at this very moment, everything
        is done once more, and they are known."""
        for _ in range(_TRIES - 1):
            with suppress(IntegrityError):
                return self._admit(entries, at)
        return self._admit(entries, at)

    def _admit(self, entries: Sequence[Entry], at: dt.datetime) -> list[Case]:
        with self.database.write() as connection:
            ENTRANCE.enter(connection)
            VALUES.enter(connection)
            bulk.prepare(connection)
            cases = self._weighed(connection, entries)
            changing = [case for case in cases if case.changes]
            people = registry.write(connection, changing, at)
            joined = self._subscribe(connection, changing, people, at)
            log(connection, [*joined, *_change_statuses(connection, changing, at)], at)
            suppress_departed(connection, self.list_id, cases, self.fingerprint, at)
        return cases

    def take_stock(self) -> None:
        """For who added many."""
        with self.database.write() as connection:
            bulk.take_stock(connection)

    def rehearse(self, entries: Sequence[Entry]) -> list[Case]:
        """What `admit` would say; nothing is written."""
        with self.database.read() as connection:
            return weigh(self._standings(connection, entries), entries)

    def _weighed(self, connection: sa.Connection, entries: Sequence[Entry]) -> list[Case]:
        """Those who are known and are to be changed are looked at a second time, when nobody else
        can change them any more."""
        cases = weigh(self._standings(connection, entries), entries)
        known = [case.entry for case in cases if case.changes and not case.is_new]
        if not known:
            return cases
        held = weigh(self._standings(connection, known, lock=True), known)
        again = {case.entry.address.key: case for case in held}
        return [again.get(case.entry.address.key, case) for case in cases]

    def _standings(
        self, connection: sa.Connection, entries: Sequence[Entry], *, lock: bool = False
    ) -> Mapping[str, Standing]:
        keys = [entry.address.key for entry in entries]
        acts = any(entry.departure for entry in entries)
        tagged = any(entry.tags for entry in entries)
        return standings.of_keys(
            connection, self.list_id, keys, self.fingerprint, acts=acts, tagged=tagged, lock=lock
        )

    def _subscribe(
        self,
        connection: sa.Connection,
        cases: Sequence[Case],
        people: Mapping[str, int],
        at: dt.datetime,
    ) -> _Grounds:
        """Tokens of one chunk begin alike, so that an index takes them side by side; the rest of
        each is more than anybody can guess."""
        joining = [case for case in cases if case.joins]
        ids = bulk.new_ids(connection, subscriptions, len(joining))
        new_token, alike, created = self.new_token, self.new_token()[:_ALIKE], microseconds(at)
        rows = [
            (
                id_,
                people[case.entry.address.key],
                self.list_id,
                str(case.after.status),
                alike + new_token()[_ALIKE:],
                _in_database(_confirmed_at(case)),
                _in_database(_left_at(case, at)),
                created,
            )
            for id_, case in zip(ids, joining, strict=True)
        ]
        bulk.insert(connection, subscriptions, _SUBSCRIPTION, rows)
        return [
            (id_, case.entry.event, case.entry.consent)
            for id_, case in zip(ids, joining, strict=True)
        ]


def _change_statuses(connection: sa.Connection, cases: Sequence[Case], at: dt.datetime) -> _Grounds:
    """Who unsubscribed this very moment stays so."""
    statement = (
        sa.update(subscriptions)
        .where(subscriptions.c.id == sa.bindparam("subscription"))
        .where(subscriptions.c.status != SubscriptionStatus.UNSUBSCRIBED)
        .values(
            status=sa.bindparam("becomes"),
            confirmed_at=sa.func.coalesce(
                sa.bindparam("since", type_=Instant), subscriptions.c.confirmed_at
            ),
            unsubscribed_at=sa.bindparam("left"),
        )
    )
    changing = [case for case in cases if case.changes_status]
    rows = [
        {
            "subscription": case.before.subscription_id,
            "becomes": case.after.status,
            "since": _confirmed_at(case),
            "left": _left_at(case, at),
        }
        for case in changing
    ]
    if rows:
        connection.execute(statement, rows)
    return [(case.before.subscription_id or 0, *_ground(case)) for case in changing]


def _ground(case: Case) -> tuple[ConsentChange, Consent]:
    left = case.after.status is SubscriptionStatus.UNSUBSCRIBED
    return ConsentChange.UNSUBSCRIBED if left else case.entry.event, case.entry.consent


def _confirmed_at(case: Case) -> dt.datetime | None:
    confirmed = case.after.status is SubscriptionStatus.CONFIRMED
    return case.entry.confirmed_at if confirmed else None


def _left_at(case: Case, at: dt.datetime) -> dt.datetime | None:
    departure = case.entry.departure
    return None if departure is None else departure.at or at


@lru_cache(maxsize=10_000)
def _in_database(moment: dt.datetime | None) -> int | None:
    return None if moment is None else microseconds(moment)
