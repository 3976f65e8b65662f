"""People as additions write them: those who are new, and what is new of those who are known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa

from subscribers import bulk, changes, definitions, tags
from subscribers.admission import Case
from subscribers.attributes import decoded
from subscribers.changes import Differences
from subscribers.instant import microseconds
from subscribers.schema import subscribers

_PERSON = ("id", "email", "email_key", "attributes", "language", "created_at", "updated_at")


def write(
    connection: sa.Connection, changing: Sequence[Case], at: dt.datetime
) -> Mapping[str, int]:
    """The ids of all of these, by address key."""
    newcomers = [case for case in changing if case.is_new]
    known = [case for case in changing if not case.is_new]
    changed = [case for case in known if case.changes_attributes or case.changes_language]
    people = _insert(connection, newcomers, at)
    people |= {_key(case): case.before.subscriber_id or 0 for case in known}
    _update(connection, changed, at)
    if definitions.of_all(connection):
        described = {people[_key(case)]: _attributes(case) for case in (*newcomers, *changed)}
        definitions.keep(connection, described)
    changes.log(connection, map(_difference, changed), at)
    tags.attach(connection, dict(_new_tags(changing, people)))
    return people


def _insert(
    connection: sa.Connection, newcomers: Sequence[Case], at: dt.datetime
) -> dict[str, int]:
    ids, created = bulk.new_ids(connection, subscribers, len(newcomers)), microseconds(at)
    rows = [
        (id_, *entry.address, after.attributes, after.language, created, created)
        for id_, (entry, _, after, _) in zip(ids, newcomers, strict=True)
    ]
    bulk.insert(connection, subscribers, _PERSON, rows)
    return {row[2]: row[0] for row in rows}


def _update(connection: sa.Connection, known: Sequence[Case], at: dt.datetime) -> None:
    statement = (
        sa.update(subscribers)
        .where(subscribers.c.id == sa.bindparam("subscriber"))
        .values(attributes=sa.bindparam("merged"), language=sa.bindparam("reads"), updated_at=at)
    )
    rows = [
        {
            "subscriber": case.before.subscriber_id,
            "merged": _attributes(case),
            "reads": case.after.language,
        }
        for case in known
    ]
    if rows:
        connection.execute(statement, rows)


def _difference(case: Case) -> tuple[int, str, Differences]:
    """Of somebody who was known already."""
    differences = {**changes.between(decoded(case.before.attributes), _attributes(case))}
    if case.changes_language:
        differences["language"] = (case.before.language, case.after.language)
    return case.before.subscriber_id or 0, case.entry.consent.how, differences


def _attributes(case: Case) -> Mapping[str, str]:
    return decoded(case.after.attributes)


def _key(case: Case) -> str:
    return case.entry.address.key


def _new_tags(
    cases: Sequence[Case], people: Mapping[str, int]
) -> Iterator[tuple[int, frozenset[str]]]:
    for case in cases:
        if case.after.tags != case.before.tags:
            yield people[_key(case)], case.entry.tags
