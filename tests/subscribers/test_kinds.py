"""What the text of an attribute means, by its kind."""

from __future__ import annotations

import datetime as dt

import pytest

from subscribers.errors import BadValue
from subscribers.kinds import AttributeKind, Definition, day, fitted

TEXT, NUMBER, DATE, BOOLEAN, CHOICE = AttributeKind


def _of(kind: AttributeKind, *choices: str) -> Definition:
    return Definition("a", kind, choices, "text_1")


@pytest.mark.parametrize(
    ("definition", "value", "normal", "meaning"),
    [
        (_of(TEXT), " Ann ", "Ann", "Ann"),
        (_of(NUMBER), " -12.50", "-12.50", -12.5),
        (_of(DATE), "2026-01-31", "2026-01-31", day(dt.date(2026, 1, 31))),
        (_of(DATE), "2026-01-31T23:59:00+01:00", "2026-01-31", day(dt.date(2026, 1, 31))),
        (_of(BOOLEAN), "TRUE", "yes", 1.0),
        (_of(BOOLEAN), "0", "no", 0.0),
        (_of(CHOICE, "DE", "AT"), "de", "DE", "DE"),
    ],
)
def test_a_value_is_kept_in_one_form_and_has_a_meaning(
    definition: Definition, value: str, normal: str, meaning: str | float
) -> None:
    assert definition.normal(value) == normal
    assert definition.normal(normal) == normal
    assert definition.meaning(value) == meaning


@pytest.mark.parametrize(
    ("definition", "value", "why"),
    [
        (_of(NUMBER), "1,5", "a: '1,5' is not a number like 12"),
        (_of(NUMBER), "9" * 400, "is not a number"),
        (_of(NUMBER), "nan", "is not a number"),
        (_of(DATE), "31.1.2026", "a: '31.1.2026' is not a date like 2026-01-31"),
        (_of(BOOLEAN), "perhaps", "a: 'perhaps' is not yes or no"),
        (_of(CHOICE, "DE", "AT"), "FR", "a: 'FR' is not one of: DE, AT"),
    ],
)
def test_a_value_of_another_kind_is_refused_and_means_nothing(
    definition: Definition, value: str, why: str
) -> None:
    with pytest.raises(BadValue, match=why):
        definition.normal(value)
    assert definition.meaning(value) is None


def test_a_blank_value_is_none_of_any_kind() -> None:
    assert _of(NUMBER).meaning(" ") is None
    assert fitted({"a": _of(NUMBER)}, {"a": " ", "b": "x"}) == {"a": " ", "b": "x"}
