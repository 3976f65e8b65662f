from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from subscribers.errors import HandLost
from subscribers.hand import Act, hand, packed


def _adding(number: int) -> Act:
    def add(numbers: list[int]) -> list[int]:
        return [each + number for each in numbers]

    return add


def _dying() -> Act:
    def die(_given: Any) -> Any:
        os._exit(1)

    return die


def test_another_process_does_what_it_was_told_to() -> None:
    with hand(_adding, 3) as other:
        for given in ([1, 2], [], [5]):
            other.give(packed(given))
            assert other.take() == [each + 3 for each in given]


def _ask(make: Callable[[], Act], what: Any) -> Any:
    with hand(make) as other:
        other.give(packed(what))
        return other.take()


def _overwhelm(make: Callable[[], Act]) -> None:
    with hand(make) as other:
        while True:  # until the pipe tells that nobody reads
            other.give(b"x" * 100_000)


def _leave() -> None:
    with hand(_adding, 3) as other:
        other.give(packed(list(range(1_000_000))))
        raise KeyboardInterrupt


def test_one_that_was_ended_is_told_of_in_one_line() -> None:
    with pytest.raises(HandLost, match="run the same command again"):
        _ask(_dying, [1])


def test_what_is_given_to_one_that_was_ended_is_told_of_too() -> None:
    with pytest.raises(HandLost):
        _overwhelm(_dying)


def test_one_that_is_left_in_the_middle_ends() -> None:
    with pytest.raises(KeyboardInterrupt):
        _leave()
