from __future__ import annotations

import pytest

from mailer.model.counted import number


@pytest.mark.parametrize(
    ("count", "words", "told"),
    [
        (0, ("row",), "0 rows"),
        (1, ("row",), "1 row"),
        (1_200, ("copy", "copies"), "1,200 copies"),
        (1, ("person has", "people have"), "1 person has"),
    ],
)
def test_a_count_and_its_noun_agree(count: int, words: tuple[str, ...], told: str) -> None:
    assert number(count, *words) == told
