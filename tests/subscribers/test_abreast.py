from __future__ import annotations

from collections.abc import Iterator

import pytest

from subscribers.abreast import ahead


def _counting(made: list[int], to: int) -> Iterator[int]:
    for number in range(to):
        made.append(number)
        yield number


@pytest.mark.parametrize("most", [1, 3])
def test_each_comes_in_order_and_few_are_made_ahead(most: int) -> None:
    made: list[int] = []
    for place, number in enumerate(ahead(_counting(made, 20), most)):
        assert number == place
        assert len(made) <= place + 1 + most
    assert made == list(range(20))


def test_what_goes_wrong_is_raised_behind_what_was_made() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise ValueError("the server is gone")

    seen: list[int] = []
    with pytest.raises(ValueError, match="the server is gone"):
        seen.extend(ahead(failing(), 3))
    assert seen == [1]


def test_who_stops_early_waits_for_no_more_than_was_begun() -> None:
    made: list[int] = []
    first = ahead(_counting(made, 1_000), 2)
    assert next(first) == 0
    first.close()  # type: ignore[attr-defined]
    assert len(made) <= 4
