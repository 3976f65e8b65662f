"""What the editor is to be told: ordered once, claimed by one, tried again when it failed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from publication import NOON, Bench

from mailer.ledger import control, events, letters
from mailer.ledger.letters import Kind, Letter
from mailer.ledger.schema import deliveries, shards

pytestmark = pytest.mark.both_databases

BenchOf = Callable[[int], Bench]
MINUTE = 60 * 1_000_000


@pytest.fixture
def bench(bench_of: BenchOf) -> Bench:
    bench = bench_of(1)
    bench.plan()
    return bench


def claim(bench: Bench) -> Letter | None:
    with bench.database.write() as c:
        return letters.claim(c, 1)


def kinds(bench: Bench) -> list[Kind]:
    """All that are due now; each is mailed."""
    found = []
    while (letter := claim(bench)) is not None:
        with bench.database.write() as c:
            letters.mailed(c, letter)
        found.append(letter.kind)
    return found


def passed(bench: Bench, minutes: int) -> None:
    with bench.database.write() as c:
        c.execute(sa.text("UPDATE letters SET due_at = due_at - :past"), {"past": minutes * MINUTE})


def settle_all(bench: Bench, state: str) -> None:
    with bench.database.write() as c:
        c.execute(deliveries.update().values(state=state))
        c.execute(shards.update().values({"planned": 0, state: 1}))
        control.finish_if_settled(c, 1, NOON)


def test_the_end_is_told_at_once_and_a_day_later(bench: Bench) -> None:
    """Once each, however often it is looked at."""
    settle_all(bench, "sent")
    with bench.database.write() as c:
        control.finish_if_settled(c, 1, NOON)
    assert kinds(bench) == [Kind.ENDED]
    passed(bench, 23 * 60)
    assert kinds(bench) == []
    passed(bench, 61)
    assert kinds(bench) == [Kind.DAY]
    passed(bench, 10_000)
    assert kinds(bench) == []


def test_the_end_is_when_every_copy_was_tried(bench: Bench) -> None:
    """Deferred copies may take days: the editor is told before that."""
    with bench.database.write() as c:
        control.finish_if_settled(c, 1, NOON)
    assert kinds(bench) == []
    settle_all(bench, "deferred")
    assert kinds(bench) == [Kind.ENDED]


def test_every_fault_that_pauses_is_told(bench: Bench) -> None:
    """The editor's own pause is no news to the editor."""
    for _ in range(2):
        with bench.database.write() as c:
            control.pause_for_fault(c, 1, "login refused")
            control.pause_for_fault(c, 1, "login refused")
        assert kinds(bench) == [Kind.PAUSED]
        with bench.database.write() as c:
            control.resume(c, 1, "ann")
    with bench.database.write() as c:
        control.pause(c, 1, "a typo", "ann")
    assert kinds(bench) == []


def test_a_letter_is_mailed_by_one(bench: Bench) -> None:
    """Whoever claims it; where that one dies, another a quarter of an hour later."""
    settle_all(bench, "sent")
    assert claim(bench) is not None
    assert claim(bench) is None
    passed(bench, 16)
    again = claim(bench)
    assert again is not None
    assert again.tries == 2


def test_a_letter_that_failed_is_tried_again_and_given_up_in_the_end(bench: Bench) -> None:
    """Each failure has its line in the trail."""
    settle_all(bench, "sent")
    tries = 0
    for _ in range(20):
        letter = claim(bench)
        if letter is not None and letter.kind is Kind.ENDED:
            tries += 1
            with bench.database.write() as c:
                letters.not_mailed(c, letter, "451 later")
            assert claim(bench) is None
        passed(bench, 60)
    assert tries == 8
    with bench.database.read() as c:
        lines = [e.detail for e in events.listed(c, 1) if e.action == "wrote"]
    assert lines == ["to the editor: ended: not sent: 451 later"] * 8
