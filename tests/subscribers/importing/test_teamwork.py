from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from subscribers.importing import teamwork
from subscribers.importing.formats import PLAIN
from subscribers.importing.header import parse
from subscribers.importing.meaning import Claim
from subscribers.importing.rows import Source
from subscribers.importing.sifting import Chunk, Sieve
from subscribers.importing.table import Record

_HEADER = parse(("email", "city"), PLAIN, {}, frozenset())
_AT = dt.datetime(2021, 1, 31, tzinfo=dt.UTC)
_SOURCE = Source(PLAIN, _HEADER, Claim.SUBSCRIBED, None, {}, frozenset(), _AT)


def _chunks(count: int) -> Iterator[Chunk]:
    for n in range(count):
        bad = Record(n, (f"nobody{n}", ""))
        yield [Record(n, (f"anna{n}@example.org", "Köln")), bad, Record(n, ("b@gmial.com", ""))]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 7])
def test_two_processes_find_what_one_finds_in_the_same_order(
    monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr("subscribers.teamwork.is_worth_it", lambda: True)
    monkeypatch.setattr(teamwork, "ALONE", 1)
    found = list(teamwork.sifted(_SOURCE, _chunks(count)))
    records = [record for chunk, _ in found for record in chunk]
    assert records == [record for chunk in _chunks(count) for record in chunk]
    for chunk, result in found:
        assert result == Sieve(_SOURCE).sift(chunk)
        assert len(result.faults) * 3 == len(chunk)
        assert result.typos == {"gmial.com": len(result.faults)}
