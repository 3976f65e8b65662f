"""Segments that an editor has saved."""

from __future__ import annotations

import datetime as dt

import pytest

from subscribers.editing import Edit
from subscribers.errors import AlreadyThere, BadName, BadSegment, UnknownSegment
from subscribers.model import Consent, SubscriptionStatus
from subscribers.segments.parsing import MAX_CHARACTERS
from subscribers.store import Store

pytestmark = pytest.mark.both_databases


@pytest.fixture
def people(store: Store, at: dt.datetime) -> Store:
    for name, country in (("anna", "DE"), ("ben", "AT"), ("cleo", "DE")):
        consent, status = Consent("form", "yes"), SubscriptionStatus.CONFIRMED
        address, values = f"{name}@example.org", {"country": country}
        store.add(address, "monthly", values, consent, status, at)
    return store


def _mailed(store: Store, segment: str) -> list[str]:
    with store.database.read() as connection:
        return [row.email for row in connection.execute(store.audience("monthly", segment))]


def test_a_saved_segment_is_counted_and_chooses_the_audience(
    people: Store, at: dt.datetime
) -> None:
    saved = people.segments.save("germans", 'country  =  "DE"', False, at)
    assert saved.expression == 'country = "DE"'
    assert people.segments.all() == (saved,)
    assert people.segments.count(saved.expression, people.list("monthly").id) == 2
    assert people.segments.count(saved.expression, people.list("weekly").id) == 0
    assert _mailed(people, "germans") == ["anna@example.org", "cleo@example.org"]


def test_a_segment_is_replaced_only_where_that_is_said(people: Store, at: dt.datetime) -> None:
    people.segments.save("some", 'country = "DE"', False, at)
    with pytest.raises(AlreadyThere, match="there is a segment 'some' already: add --replace"):
        people.segments.save("some", 'country = "AT"', False, at)
    people.segments.save("some", 'country = "AT"', True, at)
    assert _mailed(people, "some") == ["ben@example.org"]


def test_the_longest_that_can_be_written_can_be_used(people: Store, at: dt.datetime) -> None:
    """Written without a blank, it is kept with them; eight blocks of an issue may be for such."""
    countries = ",".join(f'"{number % 10}"' for number in range(155))
    written = " or ".join([f"country in({countries})"] * 3)
    names = [f"long-{number}" for number in range(8)]
    saved = [people.segments.save(name, written, False, at) for name in names]
    assert len(written) <= MAX_CHARACTERS < len(saved[0].expression)
    assert people.segments.count(written, people.list("monthly").id) == 0
    with people.database.read() as connection:
        rows = connection.execute(people.audience("monthly", "", names)).all()
    assert [row.audiences for row in rows] == [0, 0, 0]


def test_an_unknown_segment_names_those_that_there_are(people: Store, at: dt.datetime) -> None:
    with pytest.raises(UnknownSegment, match="'x': create it: there is none yet"):
        people.audience("monthly", "x")
    people.segments.save("some", "sample 1", False, at)
    with pytest.raises(UnknownSegment, match="'x': choose one of: some"):
        people.audience("monthly", "x")


def test_an_attribute_that_nobody_has_is_a_slip(people: Store, at: dt.datetime) -> None:
    said = "column 14: nobody has an attribute `countri`: did you mean `country`?"
    with pytest.raises(BadSegment, match=said):
        people.segments.save("some", 'tag = "x" or countri = "DE"', False, at)
    with pytest.raises(BadSegment, match="nobody has an attribute `shoe_size`: mend its spelling"):
        people.segments.count("shoe_size is set", people.list("monthly").id)
    assert people.segments.all() == ()


def test_a_tag_that_nobody_has_is_remarked_on(people: Store, at: dt.datetime) -> None:
    """It may be still to come: no fault."""
    people.edit("ben@example.org", Edit(tags=frozenset({"Python"})), "a test", at)
    expression = 'tag = "python" or not tag in ("pythan", "opera")'
    assert people.segments.remarks(expression) == (
        'column 23: nobody has the tag "pythan": did you mean "Python"?',
        'column 23: nobody has the tag "opera"',
    )
    assert people.segments.remarks('tag = "PYTHON" or tag is set') == ()
    assert people.segments.remarks("sample 1") == ()


def test_where_there_is_nobody_yet_any_attribute_may_come(store: Store, at: dt.datetime) -> None:
    store.segments.save("some", 'city = "Ulm"', False, at)
    assert _mailed(store, "some") == []


def test_a_name_is_written_as_a_list_s_is(store: Store, at: dt.datetime) -> None:
    with pytest.raises(BadName, match="'Some' cannot name a segment"):
        store.segments.save("Some", "sample 1", False, at)
