"""A correction reaches those who have nothing yet, and the ledger knows who got which version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import publication
import pytest
from publication import NOON, Bench

from mailer.ledger import control, correction, editions, holders, record, shards, status
from mailer.ledger.liveness import FileLiveness
from mailer.ledger.record import Result, Verdict
from mailer.ledger.shards import Grip, Mark
from mailer.model.delivery import State
from mailer.model.outcome import Reply

pytestmark = pytest.mark.both_databases

BenchOf = Callable[[int], Bench]
SAID = Reply(250, "2.0.0", "said")
FIRST, MENDED = publication.edition(), publication.edition(title="January, mended")


@pytest.fixture
def bench(bench_of: BenchOf) -> Bench:
    """A dispatch of four readers in one shard."""
    bench = bench_of(4)
    bench.plan()
    return bench


@pytest.fixture
def ann(bench: Bench) -> Iterator[FileLiveness]:
    """A sender; a test may let it die."""
    ann = bench.liveness("ann")
    yield ann
    with suppress(OSError):
        ann.close()


@pytest.fixture
def bob(bench: Bench) -> Iterator[FileLiveness]:
    with closing(bench.liveness("bob")) as bob:
        yield bob


def take(bench: Bench, owner: FileLiveness, edition_id: int = 1) -> Grip | None:
    with bench.database.write() as c:
        return shards.take(c, 1, edition_id, owner, NOON)


def held(bench: Bench, owner: FileLiveness, edition_id: int = 1) -> Grip:
    grip = take(bench, owner, edition_id)
    assert grip is not None
    return grip


def mark(bench: Bench, grip: Grip, seq: int, attempt: int = 0, was: State = State.PLANNED) -> bool:
    with bench.database.write() as c:
        mark = Mark(grip, seq, attempt, was, seq)
        return record.record(c, (), [mark], {1, 2, 3, 4}, NOON) == [Verdict.GRANTED]


def settle(bench: Bench, grip: Grip, seq: int, state: State, attempt: int = 1) -> None:
    with bench.database.write() as c:
        record.record(c, [Result(grip, seq, attempt, state, NOON, SAID, "relay")], (), (), NOON)


def correct(bench: Bench, title: str = MENDED.title) -> int:
    with bench.database.write() as c:
        edition_id = editions.store(c, publication.edition(title=title), (), NOON)
        correction.correct(c, 1, edition_id, "ann")
    return edition_id


def carried(bench: Bench) -> dict[int, str]:
    with bench.database.read() as c:
        return {row.seq: row.edition for row in status.copies(c, 1)}


def test_without_a_correction_all_carry_the_one_version(bench: Bench) -> None:
    """That which the dispatch began with."""
    assert set(carried(bench).values()) == {FIRST.content_hash}


def test_who_has_a_copy_keeps_it_and_the_rest_get_the_mended(
    bench: Bench, ann: FileLiveness
) -> None:
    """Sent before: the first version. Everything else: the new one, whatever became of it."""
    grip = held(bench, ann)
    assert mark(bench, grip, 1)
    settle(bench, grip, 1, State.SENT)
    mended = correct(bench)
    with bench.database.write() as c:
        c.exec_driver_sql("UPDATE shards SET owner = NULL")
    again = held(bench, ann, mended)
    for seq, state in ((2, State.SENT), (3, State.FAILED), (4, State.UNCERTAIN)):
        assert mark(bench, again, seq)
        settle(bench, again, seq, state)
    assert carried(bench) == {
        1: FIRST.content_hash,
        **dict.fromkeys((2, 3, 4), MENDED.content_hash),
    }


def test_who_gets_nothing_has_no_version(bench: Bench, ann: FileLiveness) -> None:
    """Whether it was never tried, or refused for now, when the dispatch was cancelled."""
    grip = held(bench, ann)
    for seq, state in ((1, State.SENT), (2, State.DEFERRED)):
        assert mark(bench, grip, seq)
        settle(bench, grip, seq, state)
    with bench.database.write() as c:
        control.cancel(c, 1, NOON, "ann")
    assert carried(bench) == {1: FIRST.content_hash, 2: "", 3: "", 4: ""}


def test_a_sender_of_the_old_version_marks_nothing_more(
    bench: Bench, ann: FileLiveness, bob: FileLiveness
) -> None:
    """It loses the shard in its hand, and is given no other."""
    grip = held(bench, ann)
    mended = correct(bench)
    assert not mark(bench, grip, 1)
    with bench.database.write() as c:
        shards.release(c, grip, NOON)
    ann.close()
    assert take(bench, bob) is None
    assert take(bench, bob, mended) is not None


def test_a_copy_on_the_wire_that_comes_back_gets_the_mended_version(
    bench: Bench, ann: FileLiveness, bob: FileLiveness
) -> None:
    """Its reader has nothing: the first attempt was refused for now."""
    grip = held(bench, ann)
    assert mark(bench, grip, 1)
    mended = correct(bench)
    settle(bench, grip, 1, State.DEFERRED)
    assert carried(bench)[1] == MENDED.content_hash
    ann.close()
    again = held(bench, bob, mended)
    assert mark(bench, again, 1, 1, State.DEFERRED)
    settle(bench, again, 1, State.SENT, 2)
    assert carried(bench)[1] == MENDED.content_hash


def test_a_copy_on_the_wire_that_arrives_was_the_first_version(
    bench: Bench, ann: FileLiveness, bob: FileLiveness
) -> None:
    """Its body had left before the correction; so too where its fate is never known."""
    grip = held(bench, ann)
    for seq in (1, 2):
        assert mark(bench, grip, seq)
    correct(bench)
    settle(bench, grip, 1, State.SENT)
    ann.close()
    with bench.database.write() as c:
        shards.recover(c, 1, bob, NOON)
    with bench.database.read() as c:
        states = {row.seq: (row.state, row.edition) for row in status.copies(c, 1)}
    assert states[1] == (State.SENT, FIRST.content_hash)
    assert states[2] == (State.UNCERTAIN, FIRST.content_hash)


def test_what_is_sent_again_carries_the_mended_version(
    bench: Bench, ann: FileLiveness, bob: FileLiveness
) -> None:
    """An uncertain copy stays what it is until the editor decides."""
    grip = held(bench, ann)
    assert mark(bench, grip, 1)
    mended = correct(bench)
    settle(bench, grip, 1, State.UNCERTAIN)
    ann.close()
    with bench.database.write() as c:
        control.resolve(c, 1, State.PLANNED, NOON, "ann")
    again = held(bench, bob, mended)
    assert mark(bench, again, 1, 1)
    settle(bench, again, 1, State.SENT, 2)
    assert carried(bench)[1] == MENDED.content_hash


def test_a_dispatch_may_be_corrected_twice(bench: Bench, ann: FileLiveness) -> None:
    """Each copy has the version of its own attempt."""
    grip = held(bench, ann)
    assert mark(bench, grip, 1)
    settle(bench, grip, 1, State.SENT)
    for seq, title in ((2, "second"), (3, "third")):
        edition_id = correct(bench, title)
        with bench.database.write() as c:
            c.exec_driver_sql("UPDATE shards SET owner = NULL")
        grip = held(bench, ann, edition_id)
        assert mark(bench, grip, seq)
        settle(bench, grip, seq, State.SENT)
    expected = [publication.edition(title=t).content_hash for t in ("second", "third", "third")]
    assert carried(bench) == dict(enumerate([FIRST.content_hash, *expected], start=1))


def test_a_sender_of_the_old_version_waits_for_nobody(bench: Bench, ann: FileLiveness) -> None:
    """What others of the new version hold is nothing to it: its run ends."""
    mended = correct(bench)
    held(bench, ann, mended)
    with bench.database.read() as c:
        assert not holders.held_by_others(c, 1, 1, "bob")
        assert holders.held_by_others(c, 1, mended, "bob")


def test_time_is_that_of_the_database(bench: Bench) -> None:
    """Within a minute of this machine's, since it is this machine's."""
    correct(bench)
    with bench.database.read() as c:
        written = c.exec_driver_sql("SELECT at FROM corrections").scalar_one()
    assert abs(written / 1e6 - dt.datetime.now(dt.UTC).timestamp()) < 60
