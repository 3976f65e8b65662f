"""Suppressions: addresses and domains that must not be mailed, for one list or for all. What a row
names is told by `naming`."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from itertools import chain
from typing import Any

import sqlalchemy as sa

from subscribers.database import among, domain_part, insert_missing, insert_one
from subscribers.fingerprint import Fingerprint
from subscribers.model import STRENGTH, SuppressionReason
from subscribers.naming import known_as, names
from subscribers.schema import (
    FINGERPRINT_MARK,
    IS_DOMAIN,
    lists,
    subscribers,
    subscriptions,
    suppressions,
)

SAID = SuppressionReason.UNSUBSCRIBED, SuppressionReason.ERASED  # by the person
LIFTED = *SAID, SuppressionReason.BOUNCED  # by a person's own sign-up


def is_suppressed() -> sa.ColumnElement[bool]:
    """Of a subscription joined with its subscriber, in whatever query encloses it.

    A look into an index for the address, and into a small one for its domain. Fingerprints are not
    looked for: who was erased is on no list, or pending, until their own sign-up lifts it.
    """
    return _names_address() | _names_domain()


def is_free() -> sa.ColumnElement[bool]:
    """The opposite of `is_suppressed`, as two conditions that stand alone: PostgreSQL makes a join
    of such a NOT EXISTS, and of any other a search for one reader after the other."""
    return ~_names_address() & ~_names_domain()


def _names_address() -> sa.ColumnElement[bool]:
    return _some(suppressions.c.email_key == subscribers.c.email_key)


def _names_domain() -> sa.ColumnElement[bool]:
    return _some(IS_DOMAIN, suppressions.c.email_key == domain_part(subscribers.c.email_key))


def _some(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """A suppression for the subscription's list, or for all: without an OR, for which SQLite would
    look twice."""
    here = subscriptions.c.list_id
    for_it = sa.func.coalesce(suppressions.c.list_id, here) == here
    return sa.exists().where(*conditions, for_it).correlate(subscribers, subscriptions)


def suppressed(list_id: int) -> sa.CompoundSelect[int]:
    """(subscriber_id) of those who are suppressed for a list: what `is_suppressed` says, sought
    from the suppressions, which are few."""
    here = suppressions.c.list_id.is_(None) | (suppressions.c.list_id == list_id)
    names = sa.select(suppressions.c.email_key).where(here)
    domains = names.where(IS_DOMAIN)
    by_domain = sa.exists(domains) & domain_part(subscribers.c.email_key).in_(domains)
    by_address = sa.select(subscribers.c.id).where(subscribers.c.email_key.in_(names))
    return by_address.union_all(sa.select(subscribers.c.id).where(by_domain))


def reasons(
    connection: sa.Connection, list_id: int, keys: Collection[str], fingerprint: Fingerprint
) -> dict[str, SuppressionReason]:
    """Why those of `keys` are suppressed, for this list or for all, that are so: the strongest
    reason of each. At most 10,000 keys."""
    of_key = names(connection, keys, fingerprint)
    query = sa.select(suppressions.c.email_key, suppressions.c.reason).where(
        among(connection, suppressions.c.email_key, set(chain.from_iterable(of_key.values()))),
        suppressions.c.list_id.is_(None) | (suppressions.c.list_id == list_id),
    )
    found: defaultdict[str, list[SuppressionReason]] = defaultdict(list)
    for name, reason in connection.execute(query):
        found[name].append(SuppressionReason(reason))
    if not found:
        return {}
    hit = {key: of_one for key, of_one in of_key.items() if not found.keys().isdisjoint(of_one)}
    return {
        key: max((why for name in of_one for why in found.get(name, ())), key=STRENGTH.__getitem__)
        for key, of_one in hit.items()
    }


def suppress(
    connection: sa.Connection,
    name: str,
    list_id: int | None,
    reason: SuppressionReason,
    source: str,
    fingerprint: Fingerprint,
    at: dt.datetime,
) -> bool:
    """False where it was there already; a stronger reason then takes the place of a weaker. Of who
    was erased no source is kept."""
    known = known_as(connection, name, fingerprint)
    values = {"reason": reason, "source": source if known == name else "", "created_at": at}
    return _keep(connection, known, list_id, values)


def _keep(
    connection: sa.Connection, name: str, list_id: int | None, values: Mapping[str, Any]
) -> bool:
    if insert_one(connection, suppressions, {"email_key": name, "list_id": list_id, **values}):
        return True
    replaced = suppressions.c.reason.in_(values["reason"].weaker)
    rows = sa.update(suppressions).where(_scope(name, list_id), replaced)
    connection.execute(rows.values(values))
    return False


def unsuppress(
    connection: sa.Connection, name: str, list_id: int | None, fingerprint: Fingerprint
) -> SuppressionReason | None:
    """Lift exactly this one: that of all lists leaves those of single lists. What the reason was;
    None where there is none. An erased address is written down again with that of all lists."""
    known = known_as(connection, name, fingerprint)
    lifted = sa.delete(suppressions).where(_scope(known, list_id)).returning(suppressions.c.reason)
    reason = connection.scalar(lifted)
    if reason is None:
        return None
    if list_id is None:
        _name_again(connection, known, name)
    return SuppressionReason(reason)


def lift(
    connection: sa.Connection,
    key: str,
    list_id: int,
    fingerprint: Fingerprint,
    lifted: Collection[SuppressionReason] = LIFTED,
) -> bool:
    """What a person's own confirmed sign-up to a list lifts: unsubscribed elsewhere; bounced, since
    the address is alive; and erased, for this list alone. Whether nothing else is left that keeps
    them from it: the editor's word, a complaint, their domain."""
    known = known_as(connection, key, fingerprint)
    _leave_erased_elsewhere(connection, known, list_id)
    here = suppressions.c.list_id.is_(None) | (suppressions.c.list_id == list_id)
    connection.execute(
        sa.delete(suppressions).where(
            suppressions.c.email_key == known, here, suppressions.c.reason.in_(lifted)
        )
    )
    _name_again(connection, known, key)
    return not reasons(connection, list_id, [key], fingerprint)


def may_come(connection: sa.Connection, key: str, fingerprint: Fingerprint) -> bool:
    """Whether nothing is held against an address on any list but what its owner lifts."""
    every = names(connection, [key], fingerprint)[key]
    held = sa.select(suppressions.c.id).where(
        suppressions.c.email_key.in_(every), suppressions.c.reason.not_in(LIFTED)
    )
    return connection.scalar(held.limit(1)) is None


def _leave_erased_elsewhere(connection: sa.Connection, name: str, list_id: int) -> None:
    """What says that somebody was erased from all lists, as a fingerprint does by itself, says so
    of each other list."""
    erased = SuppressionReason.ERASED
    says_so = LIFTED if name.startswith(FINGERPRINT_MARK) else (erased,)
    same = (suppressions.c.source, suppressions.c.created_at)
    others = (
        sa.select(suppressions.c.email_key, lists.c.id, sa.literal(erased.value), *same)
        .join_from(suppressions, lists, lists.c.id != list_id)
        .where(_scope(name, None), suppressions.c.reason.in_(says_so))
    )
    columns = ("email_key", "list_id", "reason", "source", "created_at")
    connection.execute(insert_missing(connection, suppressions).from_select(columns, others))


def _name_again(connection: sa.Connection, known: str, name: str) -> None:
    """Who comes back gave us the address: what still holds for it must be found by it."""
    if known != name:
        _rename(connection, known, {"email_key": name})


def forget(
    connection: sa.Connection, keys: Collection[str], fingerprint: Fingerprint, at: dt.datetime
) -> bool:
    """Keep what holds for some addresses, and from now on that they were erased, by their
    fingerprints. Whether anything held for any of them before. At most 10,000 keys."""
    marks = {key: fingerprint(key) for key in keys}
    query = sa.select(suppressions.c.email_key).where(
        among(connection, suppressions.c.email_key, [*marks, *marks.values()])
    )
    known = set(connection.scalars(query))
    _forget_mentions(connection, keys)
    values = {"reason": SuppressionReason.ERASED, "source": "", "created_at": at}
    fresh = []
    for key, mark in marks.items():
        if key in known:
            _rename(connection, key, {"email_key": mark, "source": ""})
        if known.isdisjoint((key, mark)):
            fresh.append({"email_key": mark, **values})
        else:
            _keep(connection, mark, None, values)
    if fresh:
        connection.execute(insert_missing(connection, suppressions), fresh)
    return bool(known)


def _forget_mentions(connection: sa.Connection, keys: Collection[str]) -> None:
    """Of these addresses, in what was said of others."""
    said = sa.select(suppressions.c.id, suppressions.c.source)
    rows = connection.execute(said.where(suppressions.c.source.contains("@")))
    theirs = [id_ for id_, source in rows if any(key in source.casefold() for key in keys)]
    if theirs:
        named = sa.update(suppressions).where(suppressions.c.id.in_(theirs))
        connection.execute(named.values(source=""))


def _rename(connection: sa.Connection, name: str, values: Mapping[str, str]) -> None:
    rows = sa.update(suppressions).where(suppressions.c.email_key == name)
    connection.execute(rows.values(values))


def _scope(name: str, list_id: int | None) -> sa.ColumnElement[bool]:
    return sa.and_(
        suppressions.c.email_key == name, suppressions.c.list_id.is_not_distinct_from(list_id)
    )
