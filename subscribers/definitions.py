"""Definitions of attributes in the database, and the meaning of everybody's values beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

import sqlalchemy as sa

from subscribers.attributes import check_name, check_value
from subscribers.database import insert_one, insert_or_update
from subscribers.errors import AlreadyThere, BadValue
from subscribers.gates import VALUES
from subscribers.kinds import TEXTS, AttributeKind, Definition
from subscribers.schema import (
    TYPED_COLUMNS,
    attribute_definitions,
    subscribers,
    typed_values,
)

_BATCH = 5_000  # people whose values are read at once


def of_all(connection: sa.Connection) -> dict[str, Definition]:
    """By the attribute's name."""
    query = sa.select(attribute_definitions).order_by(attribute_definitions.c.name)
    return {row.name: _definition(row) for row in connection.execute(query)}


def _definition(row: Any) -> Definition:
    return Definition(row.name, AttributeKind(row.kind), tuple(row.choices), row.typed_column)


def define(
    connection: sa.Connection,
    name: str,
    kind: AttributeKind,
    choices: Sequence[str],
    reserved: Set[str],
    at: dt.datetime,
) -> int:
    """Say what an attribute is; returns how many people have a value of another kind, which stays
    as it is and counts as none. Raises BadName, AlreadyThere, and BadValue for bad choices."""
    check_name(name, reserved)
    _check_choices(name, kind, choices)
    VALUES.bar(connection)
    definition = Definition(name, kind, tuple(choices), _free_column(connection, kind))
    values = {
        "name": name,
        "kind": kind,
        "choices": list(choices),
        "typed_column": definition.column,
        "created_at": at,
    }
    if not insert_one(connection, attribute_definitions, values):
        raise AlreadyThere(f"the attribute {name!r} is defined already: drop it first")
    return _understand_all(connection, definition)


def drop(connection: sa.Connection, name: str) -> bool:
    """The attribute's values are plain text again; False where it was not defined."""
    VALUES.bar(connection)
    definition = of_all(connection).get(name)
    if definition is None:
        return False
    where = attribute_definitions.c.name == name
    connection.execute(sa.delete(attribute_definitions).where(where))
    connection.execute(sa.update(typed_values).values({definition.column: None}))
    return True


def keep(connection: sa.Connection, people: Mapping[int, Mapping[str, str]]) -> None:
    """Write down what the attributes of `people`, by subscriber id, mean. Whoever changes
    attributes calls this in the same transaction, and has passed the gate for values."""
    definitions = of_all(connection)
    _write(connection, tuple(definitions.values()), people)


def _check_choices(name: str, kind: AttributeKind, choices: Sequence[str]) -> None:
    if kind is not AttributeKind.CHOICE:
        if choices:
            raise BadValue(f"{name}: only a choice has choices: define it as one")
        return
    if len({choice.casefold() for choice in choices}) < max(2, len(choices)):
        raise BadValue(f"{name}: a choice needs two different values or more")
    for choice in choices:
        check_value(name, choice)
        if not choice or choice != choice.strip():
            raise BadValue(
                f"{name}: {choice!r} cannot be chosen: write it without blanks around it"
            )


def _free_column(connection: sa.Connection, kind: AttributeKind) -> str:
    taken = {definition.column for definition in of_all(connection).values()}
    family = "text" if kind in TEXTS else "number"
    for number in range(1, TYPED_COLUMNS + 1):
        if f"{family}_{number}" not in taken:
            return f"{family}_{number}"
    raise BadValue(
        f"{TYPED_COLUMNS} attributes have the kind {kind} or one like it, and no more can: drop one"
    )


def _understand_all(connection: sa.Connection, definition: Definition) -> int:
    misfits = 0
    for batch in _values_of_all(connection, definition.name):
        people = {subscriber_id: {definition.name: value} for subscriber_id, value in batch}
        _write(connection, (definition,), people)
        misfits += sum(definition.meaning(value) is None for _, value in batch)
    return misfits


def _values_of_all(connection: sa.Connection, name: str) -> Iterator[Sequence[tuple[int, str]]]:
    """(subscriber id, value) of those who have one, in batches."""
    value = subscribers.c.attributes[name].as_string()
    query = sa.select(subscribers.c.id, value).where(value.is_not(None)).order_by(subscribers.c.id)
    query = query.with_for_update(key_share=True, read=True)  # nobody is erased meanwhile
    last = 0
    while batch := connection.execute(query.where(subscribers.c.id > last).limit(_BATCH)).all():
        yield [(row[0], row[1]) for row in batch if row[1].strip()]
        last = batch[-1][0]


def _write(
    connection: sa.Connection,
    definitions: Sequence[Definition],
    people: Mapping[int, Mapping[str, str]],
) -> None:
    rows = [
        {
            "subscriber_id": subscriber_id,
            **{each.column: each.meaning(attributes.get(each.name, "")) for each in definitions},
        }
        for subscriber_id, attributes in sorted(people.items())
    ]
    if definitions and rows:
        connection.execute(
            insert_or_update(connection, typed_values, "subscriber_id", rows[0]), rows
        )
