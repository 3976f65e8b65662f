"""Suppressions: addresses and domains that must not be mailed, for one list or for all.

A row names an address by its key, a domain with its `@` before it, or an erased address by its
fingerprint.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import chain

import sqlalchemy as sa

from subscribers.address import parse
from subscribers.admission import Case
from subscribers.database import among, domain_part, insert_missing, insert_one
from subscribers.errors import BadAddress
from subscribers.fingerprint import Fingerprint
from subscribers.model import Added, SuppressionReason
from subscribers.schema import (
    DOMAIN_MARK,
    IS_DOMAIN,
    IS_FINGERPRINT,
    lists,
    subscribers,
    subscriptions,
    suppressions,
)

_SHOWN = 60  # characters of a bad domain that a message repeats
_STRENGTH = tuple(SuppressionReason)
LIFTED = (  # by a person's own sign-up
    SuppressionReason.UNSUBSCRIBED,
    SuppressionReason.ERASED,
    SuppressionReason.BOUNCED,
)


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


def subject(text: str) -> str:
    """What a suppression of `anna@example.org`, or of all of `@example.org`, names. Raises
    BadAddress."""
    text = text.strip()
    if text.startswith(DOMAIN_MARK):
        try:
            return _domain(parse(f"postmaster{text}").key)
        except BadAddress:
            raise BadAddress(f"{text[:_SHOWN]!r} is not a domain like @example.org") from None
    return parse(text).key


def known_as(connection: sa.Connection, name: str, fingerprint: Fingerprint) -> str:
    """The name under which a suppression of it stands: of who was erased, the fingerprint."""
    if name.startswith(DOMAIN_MARK):
        return name
    return _erased(connection, [name], fingerprint).get(name, name)


def _erased(
    connection: sa.Connection, keys: Collection[str], fingerprint: Fingerprint
) -> Mapping[str, str]:
    """The fingerprints under which something stands, by address key. At most 10,000 keys."""
    if not some_fingerprint(connection):
        return {}
    marks = {fingerprint(key): key for key in keys}
    query = sa.select(suppressions.c.email_key).where(
        among(connection, suppressions.c.email_key, marks.keys())
    )
    return {marks[mark]: mark for mark in connection.scalars(query)}


def names(
    connection: sa.Connection, keys: Iterable[str], fingerprint: Fingerprint
) -> Mapping[str, tuple[str, ...]]:
    """All that may stand for an address in a suppression, by address key: fingerprints, and
    domains, only where there are any to compare with."""
    kinds: list[Callable[[str], str]] = [str]
    if _any(connection, IS_DOMAIN):
        kinds.append(_domain)
    if some_fingerprint(connection):
        kinds.append(fingerprint)
    keys = tuple(keys)
    each = zip(*(map(kind, keys) for kind in kinds), strict=True)
    return dict(zip(keys, each, strict=True))


def some_fingerprint(connection: sa.Connection) -> bool:
    """Whether anybody was erased, as far as suppressions tell."""
    return _any(connection, IS_FINGERPRINT)


def _any(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> bool:
    query = sa.select(suppressions.c.id).where(condition).limit(1)
    return connection.scalar(query) is not None


def _domain(key: str) -> str:
    return key[key.rindex(DOMAIN_MARK) :]


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
        key: max((why for name in of_one for why in found.get(name, ())), key=_STRENGTH.index)
        for key, of_one in hit.items()
    }


def suppress(
    connection: sa.Connection,
    name: str,
    list_id: int | None,
    reason: SuppressionReason,
    source: str,
    at: dt.datetime,
) -> bool:
    """False where it was there already; a stronger reason then takes the place of a weaker."""
    values = {"list_id": list_id, "reason": reason, "source": source, "created_at": at}
    if insert_one(connection, suppressions, {"email_key": name, **values}):
        return True
    weaker = _STRENGTH[: _STRENGTH.index(reason)]
    connection.execute(
        sa.update(suppressions)
        .where(_scope(name, list_id), suppressions.c.reason.in_(weaker))
        .values(values)
    )
    return False


def suppress_departed(
    connection: sa.Connection,
    list_id: int,
    cases: Iterable[Case],
    fingerprint: Fingerprint,
    at: dt.datetime,
) -> None:
    """Those of `cases` who left elsewhere. Who unsubscribed there left this one list; an address
    that is bad, or whose owner complained, is so for all. Of who was erased no source is kept."""
    departed = {
        case.entry.address.key: case.entry.departure
        for case in cases
        if case.entry.departure is not None and case.change.added is not Added.KEPT
    }
    erased = _erased(connection, departed, fingerprint) if departed else {}
    rows = defaultdict(list)
    for key, departure in departed.items():
        here = departure.reason is SuppressionReason.UNSUBSCRIBED
        values = {
            "email_key": erased.get(key, key),
            "list_id": list_id if here else None,
            "reason": departure.reason,
            "source": "" if key in erased else departure.source,
            "created_at": departure.at or at,
        }
        rows[departure.reason].append(values)
    for reason, of_reason in rows.items():
        connection.execute(insert_missing(connection, suppressions), of_reason)
        renamed = [{f"new_{name}": value for name, value in row.items()} for row in of_reason]
        connection.execute(_in_place_of_weaker(reason), renamed)


def _in_place_of_weaker(reason: SuppressionReason) -> sa.Update:
    """With bound values `new_` and a column's name."""
    given = {
        column.name: sa.bindparam(f"new_{column.name}", type_=column.type)
        for column in suppressions.c
    }
    return (
        sa.update(suppressions)
        .where(
            suppressions.c.email_key == given["email_key"],
            suppressions.c.list_id.is_not_distinct_from(given["list_id"]),
            sa.or_(
                sa.false(),
                *(
                    suppressions.c.reason == weaker
                    for weaker in _STRENGTH[: _STRENGTH.index(reason)]
                ),
            ),
        )
        .values({name: given[name] for name in ("reason", "source", "created_at")})
    )


def unsuppress(
    connection: sa.Connection, name: str, list_id: int | None, fingerprint: Fingerprint
) -> SuppressionReason | None:
    """Lift exactly this one: that of all lists leaves those of single lists. What the reason was;
    None where there is none."""
    known = known_as(connection, name, fingerprint)
    lifted = sa.delete(suppressions).where(_scope(known, list_id)).returning(suppressions.c.reason)
    reason = connection.scalar(lifted)
    _name_again(connection, known, name)
    return None if reason is None else SuppressionReason(reason)


def lift(connection: sa.Connection, key: str, list_id: int, fingerprint: Fingerprint) -> bool:
    """What a person's own confirmed sign-up to a list lifts: unsubscribed elsewhere; bounced, since
    the address is alive; and erased, for this list alone. Whether nothing else is left that keeps
    them from it: the editor's word, a complaint, their domain."""
    known = known_as(connection, key, fingerprint)
    _leave_erased_elsewhere(connection, known, list_id)
    here = suppressions.c.list_id.is_(None) | (suppressions.c.list_id == list_id)
    connection.execute(
        sa.delete(suppressions).where(
            suppressions.c.email_key == known, here, suppressions.c.reason.in_(LIFTED)
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
    """What says that somebody was erased from all lists says so of each other list."""
    same = (suppressions.c[column] for column in ("reason", "source", "created_at"))
    others = (
        sa.select(suppressions.c.email_key, lists.c.id, *same)
        .join_from(suppressions, lists, lists.c.id != list_id)
        .where(_scope(name, None), suppressions.c.reason == SuppressionReason.ERASED)
    )
    columns = ("email_key", "list_id", "reason", "source", "created_at")
    connection.execute(insert_missing(connection, suppressions).from_select(columns, others))


def _name_again(connection: sa.Connection, known: str, name: str) -> None:
    """Who comes back gave us the address: what still holds for it must be found by it."""
    if known != name:
        _rename(connection, known, {"email_key": name})


def forget(connection: sa.Connection, key: str, fingerprint: Fingerprint, at: dt.datetime) -> bool:
    """Keep what holds for an address, and from now on that it was erased, by its fingerprint.
    Whether nothing held for it before."""
    mark = fingerprint(key)
    renamed = _rename(connection, key, {"email_key": mark, "source": ""})
    mentioned = suppressions.c.source.icontains(key, autoescape=True)
    connection.execute(sa.update(suppressions).where(mentioned).values(source=""))
    new = suppress(connection, mark, None, SuppressionReason.ERASED, "", at)
    return new and not renamed


def _rename(connection: sa.Connection, name: str, values: Mapping[str, str]) -> int:
    rows = sa.update(suppressions).where(suppressions.c.email_key == name)
    return connection.execute(rows.values(values)).rowcount


def _scope(name: str, list_id: int | None) -> sa.ColumnElement[bool]:
    return sa.and_(
        suppressions.c.email_key == name, suppressions.c.list_id.is_not_distinct_from(list_id)
    )
