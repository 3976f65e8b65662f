"""Changing what is known of a person: address, language, attributes, tags. Consents stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from subscribers import attributes, changes, definitions, languages, moving, passes, tags
from subscribers.address import Address
from subscribers.changes import Differences
from subscribers.errors import AlreadyThere
from subscribers.fingerprint import Fingerprint, without_pepper
from subscribers.gates import VALUES
from subscribers.kinds import fitted
from subscribers.schema import subscribers


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to be different; None, or nothing, stays as it is. An attribute that is set to a
    blank value is taken away, and so is a language that is."""

    address: Address | None = None
    language: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    tags: Set[str] = frozenset()
    untagged: Set[str] = frozenset()


def edit(
    connection: sa.Connection,
    subscriber_id: int,
    wanted: Edit,
    source: str,
    at: dt.datetime,
    reserved: Set[str] = frozenset(),
    fingerprint: Fingerprint = without_pepper,
) -> Differences:
    """What it changed, which is logged as the doing of `source`; another address needs the
    `fingerprint`. Raises BadName, BadValue, and AlreadyThere where the address is another
    subscriber's."""
    attributes.check(wanted.attributes, reserved)
    if wanted.attributes:
        VALUES.enter(connection)
    query = sa.select(subscribers).where(subscribers.c.id == subscriber_id).with_for_update()
    person = connection.execute(query).one()
    given = fitted(definitions.of_all(connection), wanted.attributes)
    after = {name: value for name, value in {**person.attributes, **given}.items() if value.strip()}
    differences = {
        **_of_address(connection, person, wanted.address),
        **_of_language(person.language, wanted.language),
        **changes.between(person.attributes, after),
        **_of_tags(connection, subscriber_id, wanted),
    }
    _write(connection, person, wanted, after, at)
    if wanted.address is not None and wanted.address.key != person.email_key:
        moving.leave_behind(connection, person.email_key, wanted.address.key, fingerprint, at)
        passes.end_all(connection, subscriber_id, at)  # mailed to an address that is not theirs
    changes.log(connection, [(subscriber_id, source, differences)], at)
    return differences


def _of_address(connection: sa.Connection, person: Any, address: Address | None) -> Differences:
    if address is None or address.email == person.email:
        return {}
    same = (subscribers.c.email_key == address.key, subscribers.c.id != person.id)
    if connection.scalar(sa.select(subscribers.c.id).where(*same)) is not None:
        raise AlreadyThere(
            f"{address.email} is another subscriber's: unsubscribe {person.email} instead"
        )
    return {"email": (person.email, address.email)}


def _of_language(before: str | None, wanted: str | None) -> Differences:
    after = before if wanted is None else _language(wanted)
    return {} if before == after else {"language": (before, after)}


def _language(wanted: str) -> str | None:
    return languages.tag(wanted) if wanted.strip() else None


def _of_tags(connection: sa.Connection, subscriber_id: int, wanted: Edit) -> Differences:
    """The tags are changed here; they have a table of their own."""
    before = tags.of(connection, [subscriber_id]).get(subscriber_id, ())
    tags.attach(connection, {subscriber_id: wanted.tags})
    tags.detach(connection, subscriber_id, wanted.untagged)
    after = tags.of(connection, [subscriber_id]).get(subscriber_id, ())
    return {} if before == after else {"tags": (_listed(before), _listed(after))}


def _listed(names: tuple[str, ...]) -> str | None:
    return ", ".join(names) or None


def _write(
    connection: sa.Connection, person: Any, wanted: Edit, after: Mapping[str, str], at: dt.datetime
) -> None:
    address = wanted.address or Address(person.email, person.email_key)
    language = person.language if wanted.language is None else _language(wanted.language)
    values = {
        "email": address.email,
        "email_key": address.key,
        "language": language,
        "attributes": dict(after),
        "updated_at": at,
    }
    connection.execute(sa.update(subscribers).where(subscribers.c.id == person.id).values(values))
    if wanted.attributes:
        definitions.keep(connection, {person.id: after})
