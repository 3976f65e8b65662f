"""Tags on people."""

from __future__ import annotations

import datetime as dt

import pytest

from subscribers import tags
from subscribers.errors import BadValue
from subscribers.model import SubscriptionStatus
from subscribers.store import Store

pytestmark = pytest.mark.both_databases


@pytest.fixture
def people(store: Store, at: dt.datetime) -> tuple[int, int]:
    def add(address: str) -> int:
        store.add(address, "monthly", {}, None, SubscriptionStatus.PENDING, at)
        return store.show(address).id

    return add("a@example.org"), add("b@example.org")


def test_a_tag_is_one_tag_however_it_is_spelt(store: Store, people: tuple[int, int]) -> None:
    one, two = people
    with store.database.write() as connection:
        tags.attach(connection, {one: {"Python", " python "}, two: {"PYTHON", "Straße"}})
        tags.attach(connection, {one: {"straSSe"}})
        found = tags.of(connection, people)
    assert found == {one: ("PYTHON", "Straße"), two: ("PYTHON", "Straße")}


def test_tags_are_taken_from_one_person_only(store: Store, people: tuple[int, int]) -> None:
    one, two = people
    with store.database.write() as connection:
        tags.attach(connection, {one: {"a", "b"}, two: {"a"}})
        tags.detach(connection, one, {"A", "never"})
        assert tags.of(connection, people) == {one: ("b",), two: ("a",)}


def test_who_has_no_tag_is_left_out(store: Store, people: tuple[int, int]) -> None:
    with store.database.write() as connection:
        tags.attach(connection, {people[0]: ()})
        assert tags.of(connection, people) == {}


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "two\nlines", "a\0b", "\ufffd"])
def test_what_is_no_tag_is_refused(store: Store, people: tuple[int, int], name: str) -> None:
    with store.database.write() as connection, pytest.raises(BadValue):
        tags.attach(connection, {people[0]: {name}})
