"""An edition comes back from its canonical form as it was, and its hash names its content."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from publication import edition

from mailer.model import edition as codec
from mailer.model.slot import Slot, SlotKind, fill


@pytest.mark.parametrize("date", [None, dt.date(2021, 1, 31)])
def test_an_edition_reads_back_as_it_was_written(date: dt.date | None) -> None:
    """Slots keep their kind and default."""
    written = dataclasses.replace(
        edition(),
        date=date,
        text=("Hé ", Slot("a"), Slot("b", "", SlotKind.URL), "\n"),
        pictures=("a.png", "b.png"),
    )
    assert codec.from_json(codec.to_json(written)) == written


def test_the_same_content_has_the_same_hash_and_another_has_not() -> None:
    """What is approved or half sent is known by it."""
    assert edition().content_hash == edition().content_hash
    changed = dataclasses.replace(edition(), subject=("Another",))
    assert changed.content_hash != edition().content_hash


def test_an_edition_reads_back_with_its_translations() -> None:
    """They are part of what its hash names; without any it is named as it was before there could be
    any, so that a dispatch that runs goes on."""
    german = edition(lang="de")
    both = edition(translations=(german,))
    assert codec.from_json(codec.to_json(both)) == both
    assert both.content_hash != edition().content_hash
    assert "translations" not in codec.to_json(edition())
    assert [each.lang for each in both.every] == ["en", "de"]


def test_the_slots_of_an_edition_are_those_of_all_its_parts() -> None:
    """Subject, HTML and text."""
    found = dataclasses.replace(edition(), subject=(Slot("city", None, SlotKind.HEADER),))
    assert {slot.name for slot in found.slots()} == {"city", "first_name"}


def test_filling_takes_the_value_then_the_default_then_nothing() -> None:
    """An empty value counts as none."""
    text = (Slot("a", "x"), "-", Slot("b"), "-", Slot("c", "y"))
    assert fill(text, {"a": "1", "c": ""}) == "1--y"
