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


@pytest.mark.parametrize("name", ["می\u200cخواهم", "\U0001f468\u200d\U0001f9b0"])
def test_signs_that_join_others_belong_to_a_word(
    store: Store, people: tuple[int, int], name: str
) -> None:
    with store.database.write() as connection:
        tags.attach(connection, {people[0]: {name}})
        assert tags.of(connection, people) == {people[0]: (name,)}


def test_a_sign_that_nobody_sees_is_named() -> None:
    with pytest.raises(BadValue, match=r"holds U\+202E, unseen: remove it"):
        tags.check("a\u202eb")


@pytest.mark.parametrize(
    "name", ["", "  ", "\u200d", "x" * 101, "two\nlines", "a\0b", "\ufffd", "a\u200bb"]
)
def test_what_is_no_tag_is_refused(store: Store, people: tuple[int, int], name: str) -> None:
    with store.database.write() as connection, pytest.raises(BadValue):
        tags.attach(connection, {people[0]: {name}})
