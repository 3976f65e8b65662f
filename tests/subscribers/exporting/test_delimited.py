from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from subscribers.exporting import delimited

_CELLS = st.text(st.sampled_from("aä ,;\"'\r\n\t\x85\u2028") | st.characters(codec="utf-8"))


@given(st.lists(st.lists(_CELLS, min_size=2, max_size=4)))
def test_lines_are_those_of_the_standard_library(rows: list[list[str]]) -> None:
    expected = io.StringIO(newline="")
    csv.writer(expected).writerows(rows)
    assert delimited.lines(rows) == expected.getvalue().encode()
