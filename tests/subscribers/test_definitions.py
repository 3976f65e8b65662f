"""Kinds of attributes in the store, and everybody's values beside them."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from subscribers.errors import AlreadyThere, BadName, BadValue
from subscribers.kinds import AttributeKind
from subscribers.model import Consent, SubscriptionStatus
from subscribers.schema import TYPED_COLUMNS, subscribers, typed_values
from subscribers.store import Store

pytestmark = pytest.mark.both_databases

TEXT, NUMBER, DATE, BOOLEAN, CHOICE = AttributeKind


def _add(store: Store, at: dt.datetime, address: str, **attributes: str) -> None:
    consent, confirmed = Consent("form", "yes"), SubscriptionStatus.CONFIRMED
    store.add(address, "monthly", attributes, consent, confirmed, at)


def _meanings(store: Store, name: str) -> list[tuple[str, str | float]]:
    column = typed_values.c[store.attributes()[name].column]
    query = (
        sa.select(subscribers.c.email, column)
        .join_from(subscribers, typed_values)
        .where(column.is_not(None))
        .order_by(subscribers.c.id)
    )
    with store.database.read() as connection:
        return [(row[0], row[1]) for row in connection.execute(query)]


def test_a_definition_understands_the_values_that_are_there(store: Store, at: dt.datetime) -> None:
    for address, age in (("a@example.org", "30"), ("b@example.org", "old"), ("c@example.org", "")):
        _add(store, at, address, age=age)
    assert store.define_attribute("age", NUMBER, (), at) == 1  # `old`
    assert _meanings(store, "age") == [("a@example.org", 30.0)]
    assert store.show("b@example.org").attributes == {"age": "old"}


def test_what_is_added_later_is_understood_when_it_is_stored(store: Store, at: dt.datetime) -> None:
    store.define_attribute("country", CHOICE, ("DE", "AT"), at)
    store.define_attribute("vip", BOOLEAN, (), at)
    _add(store, at, "a@example.org", country="de", vip="no")
    _add(store, at, "a@example.org", vip="yes")
    assert store.show("a@example.org").attributes == {"country": "DE", "vip": "yes"}
    assert _meanings(store, "country") == [("a@example.org", "DE")]
    assert _meanings(store, "vip") == [("a@example.org", 1.0)]


def test_a_value_of_another_kind_is_not_added(store: Store, at: dt.datetime) -> None:
    store.define_attribute("born", DATE, (), at)
    with pytest.raises(BadValue, match="born: 'May' is not a date"):
        _add(store, at, "a@example.org", born="May")


def test_a_dropped_definition_leaves_the_text_and_frees_its_place(
    store: Store, at: dt.datetime
) -> None:
    store.define_attribute("age", NUMBER, (), at)
    _add(store, at, "a@example.org", age="30")
    assert store.drop_attribute("age")
    assert not store.drop_attribute("age")
    assert store.show("a@example.org").attributes == {"age": "30"}
    store.define_attribute("size", NUMBER, (), at)
    assert _meanings(store, "size") == []


def test_somebody_who_is_gone_takes_the_values_along(store: Store, at: dt.datetime) -> None:
    store.define_attribute("age", NUMBER, (), at)
    with store.database.write() as connection:
        times = {"created_at": at, "updated_at": at}
        person = {"email": "x", "email_key": "x", "attributes": {}, **times}
        found = connection.execute(sa.insert(subscribers).values(person)).inserted_primary_key
        assert found is not None
        connection.execute(sa.insert(typed_values).values(subscriber_id=found[0], number_1=1))
        connection.execute(sa.delete(subscribers))
        assert connection.scalar(sa.select(sa.func.count()).select_from(typed_values)) == 0


@pytest.mark.parametrize(
    ("name", "kind", "choices", "error"),
    [
        ("Age", NUMBER, (), BadName),
        ("list_title", TEXT, (), BadName),
        ("age", NUMBER, ("1", "2"), BadValue),
        ("country", CHOICE, ("DE",), BadValue),
        ("country", CHOICE, ("DE", "de"), BadValue),
        ("country", CHOICE, ("DE", " AT"), BadValue),
    ],
)
def test_a_definition_that_means_nothing_is_refused(
    store: Store,
    at: dt.datetime,
    name: str,
    kind: AttributeKind,
    choices: tuple[str, ...],
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        store.define_attribute(name, kind, choices, at)
    assert not store.attributes()


def test_an_attribute_is_defined_once(store: Store, at: dt.datetime) -> None:
    store.define_attribute("age", NUMBER, (), at)
    with pytest.raises(AlreadyThere, match="'age' is defined already: drop it first"):
        store.define_attribute("age", TEXT, (), at)


def test_there_is_room_for_so_many_definitions_and_no_more(store: Store, at: dt.datetime) -> None:
    for number in range(TYPED_COLUMNS):
        store.define_attribute(f"a{number}", (NUMBER, DATE, BOOLEAN)[number % 3], (), at)
    with pytest.raises(BadValue, match="no more can"):
        store.define_attribute("one_more", NUMBER, (), at)
    store.define_attribute("words", TEXT, (), at)
