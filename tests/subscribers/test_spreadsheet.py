"""No cell of ours runs in a spreadsheet, and every cell comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.spreadsheet import defused, restored

_RUN = [
    "=1+1",
    "+cmd",
    "-2+3",
    "@SUM(A1)",
    "\tx",
    "\r=1",
    "\n=1",
    "＝1",
    "+49 30 1234",
    "-",
    "+1\n",
]
_DO_NOT = ["", "Ann", "+49", "-5", "-5.5", "+5,5", "a=b", "O'Neil", "'quoted'", "5-3", " =1"]


@pytest.mark.parametrize("text", _RUN)
def test_what_would_run_begins_with_an_apostrophe(text: str) -> None:
    assert defused([text]) == ["'" + text]


@pytest.mark.parametrize("text", _DO_NOT)
def test_what_would_not_run_stays_as_it_is(text: str) -> None:
    assert defused([text]) == [text]
    assert restored(text) == text


@given(st.text(alphabet="'=+-@5,. a\n＝") | st.text())
def test_every_text_comes_back(text: str) -> None:
    (cell,) = defused([text])
    assert restored(cell) == text
    assert cell[:1] not in "=@\t\r\n" or cell == ""
