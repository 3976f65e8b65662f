"""What a worker finds to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from publication import NOON, Bench

from mailer.ledger import agenda, control, events, schedule
from mailer.ledger.schema import shards
from mailer.ledger.shards import release, take
from subscribers.instant import microseconds

pytestmark = pytest.mark.both_databases

BenchOf = Callable[[int], Bench]

SOON = NOON + dt.timedelta(minutes=1)


@pytest.fixture
def bench(bench_of: BenchOf) -> Bench:
    bench = bench_of(1)
    bench.plan()
    return bench


def to_send(bench: Bench, now: dt.datetime = NOON) -> list[int]:
    with bench.database.read() as c:
        return agenda.agenda(c, now).send


def hand_over(bench: Bench) -> None:
    with bench.database.write() as c:
        schedule.hand_over(c, 1, "ann")


def test_only_what_was_handed_over_is_sent(bench: Bench) -> None:
    """A dispatch that an editor stopped at the terminal is the editor's."""
    assert to_send(bench) == []
    hand_over(bench)
    assert to_send(bench) == [1]


def test_what_a_send_took_back_is_left_alone(bench: Bench) -> None:
    """Unless a sender has it in hand: then it stays the workers'."""
    hand_over(bench)
    ann = bench.liveness("ann")
    with bench.database.write() as c:
        grip = take(c, 1, 1, ann, NOON)
        assert grip is not None
        schedule.take_back(c, 1, "bob")
        release(c, grip, NOON)
    ann.close()
    assert to_send(bench) == [1]
    with bench.database.write() as c:
        schedule.take_back(c, 1, "bob")
        schedule.take_back(c, 1, "bob")
        assert [event.action for event in events.listed(c)] == ["queued", "taken back"]
    assert to_send(bench) == []


def test_a_paused_dispatch_is_left_alone(bench: Bench) -> None:
    """Until it is resumed."""
    hand_over(bench)
    with bench.database.write() as c:
        control.pause(c, 1, "wait", "ann")
    assert to_send(bench) == []
    with bench.database.write() as c:
        control.resume(c, 1, "ann")
    assert to_send(bench) == [1]


def test_what_is_not_due_waits(bench: Bench) -> None:
    """Deferred copies have their time."""
    hand_over(bench)
    with bench.database.write() as c:
        c.execute(sa.text("UPDATE shards SET due_at = :at"), {"at": microseconds(SOON)})
    assert to_send(bench) == []
    assert to_send(bench, SOON) == [1]


def test_what_another_has_in_hand_is_not_to_be_sent(bench: Bench) -> None:
    """It is looked after for the case that the owner dies."""
    hand_over(bench)
    ann = bench.liveness("ann")
    with bench.database.write() as c:
        assert take(c, 1, 1, ann, NOON) is not None
    assert to_send(bench) == []
    with bench.database.read() as c:
        assert agenda.untidy(c) == [1]
    ann.close()


def test_an_open_dispatch_that_is_settled_is_to_be_closed(bench: Bench) -> None:
    """One with an uncertain copy waits for the editor."""
    for state, found in (("planned", []), ("uncertain", []), ("sent", [1])):
        with bench.database.write() as c:
            none = {"planned": 0, "uncertain": 0, "sent": 0}
            c.execute(shards.update().values(none | {state: 1}))
        with bench.database.read() as c:
            assert agenda.untidy(c) == found


def test_files_of_dead_owners_are_swept_away(bench: Bench) -> None:
    """Those of the living stay."""
    ann, bob = (bench.liveness(name) for name in ("ann", "bob"))
    folder = bench.folder
    (folder / "mailer.db.sender-dead").touch()
    ann.sweep()
    assert sorted(path.name for path in folder.glob("*.sender-*")) == [
        "mailer.db.sender-ann",
        "mailer.db.sender-bob",
    ]
    ann.close()
    bob.close()
