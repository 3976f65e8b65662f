"""A second process writes what the first would have written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from subscribers.exporting import teamwork
from subscribers.exporting.member import Page
from subscribers.exporting.writing import NAMES

_AT = 1_612_085_400_000_000


def _pages(count: int) -> Iterator[Page]:
    for n in range(count):
        ann = (2 * n, f"Ann{n}@example.org", f"ann{n}@example.org", "confirmed", _AT, _AT, None)
        ben = (2 * n + 1, f"ben{n}@example.org", f"ben{n}@example.org", "pending", _AT, None, None)
        rows = [
            (*ann, "yes", "192.0.2.7", '{"town": "=Köln", "first_name": "Ann"}', False, "de"),
            (*ben, None, None, "{}", True, None),
        ]
        yield rows, {f"ben{n}@example.org": "bounced"}, {2 * n: ("python", "a\nb")}


@pytest.mark.parametrize("form", NAMES)
@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_two_processes_write_what_one_writes(
    monkeypatch: pytest.MonkeyPatch, form: str, count: int
) -> None:
    monkeypatch.setattr("subscribers.teamwork.is_worth_it", lambda: False)
    alone = list(teamwork.written(form, ["town", "first_name"], _pages(count)))
    monkeypatch.setattr("subscribers.teamwork.is_worth_it", lambda: True)
    monkeypatch.setattr(teamwork, "ALONE", 1)
    together = list(teamwork.written(form, ["town", "first_name"], _pages(count)))
    assert [(people, list(map(tuple, lines))) for people, lines in together] == alone
    assert [people for people, _ in alone] == [2] * count
    assert all(sum(count for count, _ in lines) for _, lines in alone)
