from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.attributes import MAX_CHARACTERS, check, check_value, is_fit, slot_name
from subscribers.errors import BadName, BadValue

_NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("First Name", "first_name"),
        ("  Prénom (court) ", "prenom_court"),
        ("2nd e-mail", "_2nd_e_mail"),
        ("ALREADY_GOOD", "already_good"),
        ("Имя", ""),
        ("***", ""),
    ],
)
def test_a_heading_becomes_a_slot_name(heading: str, name: str) -> None:
    assert slot_name(heading) == name


@given(st.text(max_size=30))
def test_every_heading_becomes_a_name_that_is_accepted_or_nothing(heading: str) -> None:
    name = slot_name(heading)
    if name and name != "email":
        check({name: "x"}, _NONE)


@pytest.mark.parametrize("name", ["", "First", "first name", "1st", "é", "email", "list_title"])
def test_a_name_that_no_slot_can_have_is_refused(name: str) -> None:
    with pytest.raises(BadName):
        check({name: "x"}, frozenset({"list_title"}))


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("x" * (MAX_CHARACTERS + 1), "city: has 10,001 characters and may have 10,000"),
        ("a\0b", r"city: holds the control character U\+0000"),
        ("a\x85b", r"city: holds the control character U\+0085"),
        ("a\ufffdb", "city: holds damaged text"),
        (f"a{chr(0xDCFF)}b", "city: holds damaged text"),
    ],
)
def test_a_value_that_no_mail_can_carry_is_refused(value: str, why: str) -> None:
    assert not is_fit(value)
    with pytest.raises(BadValue, match=why):
        check_value("city", value)


@pytest.mark.parametrize(
    "value", ["", "Ünïcödé 🎉", "two\r\nlines\tand a tab", "=cmd()", "x" * 10_000]
)
def test_any_other_text_is_a_value(value: str) -> None:
    assert is_fit(value)
    check_value("city", value)
