"""Both engines keep the same promises to the workers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from program import until
from publication import NOON, Bench

from mailer.database import Database
from mailer.engine.engine import Engine, Feed
from mailer.engine.inline import Inline
from mailer.engine.procrastinate.engine import Procrastinate
from mailer.ledger import clock, control, letters, schedule, shards
from mailer.ledger.agenda import Agenda
from mailer.ledger.letters import Kind
from mailer.ledger.liveness import Liveness
from mailer.ledger.schema import deliveries, dispatches
from mailer.ledger.schema import shards as shards_table
from mailer.ledger.shards import Grip

ENGINES = {"inline": Inline, "procrastinate": Procrastinate}
pytestmark = pytest.mark.parametrize(
    ("databases", "engine"),
    [
        ("sqlite", "inline"),
        pytest.param("postgresql", "inline", marks=pytest.mark.postgresql),
        pytest.param("postgresql", "procrastinate", marks=pytest.mark.postgresql),
    ],
    indirect=True,
)
SHARDS = 6
SOON = dt.timedelta(seconds=1.5)


@dataclass
class Worker:
    """One of those that an engine feeds, as far as it sends dispatches."""

    database: Database
    feed: Feed
    liveness: Liveness

    def asked_to_send(self, dispatch_id: int) -> bool:
        return dispatch_id in self.feed.agenda().send

    def take(self, dispatch_id: int = 1) -> Grip | None:
        with self.database.write() as c:
            supply = self.feed.supply(dispatch_id)
            return supply.take(c, dispatch_id, self.liveness, clock.now(c))

    def goes_on(self) -> bool:
        with self.database.write() as c:
            supply = self.feed.supply(1)
            return supply.goes_on(c, 1, self.liveness.name, clock.now(c))

    def release(self, grip: Grip) -> None:
        with self.database.write() as c:
            shards.release(c, grip, clock.now(c))
            self.feed.supply(grip.dispatch_id).gave_back(c, grip)


@dataclass
class Farm:
    """A publication with its engine, and workers to come."""

    bench: Bench
    engine: Engine
    stack: ExitStack

    def hand_over(self, dispatch_id: int) -> None:
        with self.bench.database.write() as c:
            schedule.hand_over(c, dispatch_id, "ann")
            self.engine.enqueue(c, dispatch_id)

    @contextmanager
    def at_work(self, name: str) -> Iterator[Worker]:
        """Until the block ends: then it is dead for all who share the database."""
        with (
            closing(self.bench.liveness(name)) as liveness,
            closing(self.engine.feed(lambda _line: None)) as feed,
        ):
            yield Worker(self.bench.database, feed, liveness)

    def worker(self, name: str) -> Worker:
        return self.stack.enter_context(self.at_work(name))


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Callable[[Database], Engine]:
    return ENGINES[request.param]


@pytest.fixture
def farm(bench_of: Callable[[int], Bench], engine: Callable[[Database], Engine]) -> Iterator[Farm]:
    """With a dispatch of six shards that nobody has handed over."""
    bench = bench_of(50 * SHARDS)
    bench.plan()
    with ExitStack() as stack:
        yield Farm(bench, engine(bench.database), stack)


def test_each_shard_comes_to_one_of_the_workers(farm: Farm) -> None:
    """All are taken, none twice; whoever has none waits for what the other leaves."""
    ann, bob = farm.worker("ann"), farm.worker("bob")
    farm.hand_over(1)
    taken: list[tuple[int, Worker]] = []

    def all_taken() -> bool:
        for worker in (ann, bob):
            worker.feed.agenda()
            grip = worker.take()
            taken.extend([(grip.number, worker)] if grip else [])
        return len(taken) >= SHARDS

    until(all_taken)
    assert sorted(number for number, _ in taken) == list(range(1, SHARDS + 1))
    assert ann.take() is bob.take() is None
    assert ann.goes_on() is any(worker is bob for _, worker in taken)
    assert bob.goes_on() is any(worker is ann for _, worker in taken)
    assert ann.feed.agenda().send == bob.feed.agenda().send == []


def test_only_what_is_the_workers_and_open_comes(farm: Farm) -> None:
    """Not what an editor has at the terminal, not what is paused; a resume is enough."""
    second, third = farm.bench.plan("2021-02"), farm.bench.plan("2021-03")
    with farm.bench.database.write() as c:
        control.pause(c, second, "to look", "ann")
    for dispatch_id in (second, third):
        farm.hand_over(dispatch_id)
    ann = farm.worker("ann")
    until(lambda: ann.asked_to_send(third))
    assert ann.feed.agenda().send == [third]
    with farm.bench.database.write() as c:
        control.resume(c, second, "ann")
    until(lambda: ann.asked_to_send(second))
    with farm.bench.database.write() as c:
        control.pause(c, third, "to look", "ann")
    assert ann.take(third) is None


def test_what_is_left_of_a_shard_comes_again(farm: Farm) -> None:
    """Copies that are deferred come when they are due, by the database's time, and not before."""
    ann = farm.worker("ann")
    farm.hand_over(1)
    until(lambda: ann.asked_to_send(1))
    grips: list[Grip] = []
    until(lambda: grips.extend(filter(None, [ann.take()])) or len(grips) == SHARDS)
    with farm.bench.database.write() as c:
        due = clock.now(c) + SOON
        defer(c, grips[2], due)
    ann.release(grips[2])
    ann.release(grips[4])
    again = [taken_soon(ann), taken_soon(ann)]
    with farm.bench.database.read() as c:
        assert clock.now(c) >= due
    assert [grip.number for grip in again] == [5, 3]


def taken_soon(worker: Worker) -> Grip:
    taken: list[Grip] = []

    def took() -> bool:
        worker.feed.agenda()
        taken.extend(filter(None, [worker.take()]))
        return bool(taken)

    until(took)
    return taken[0]


def defer(c: sa.Connection, grip: Grip, due: dt.datetime) -> None:
    """As a sender leaves it after a greylisting."""
    rows = (deliveries.c.dispatch_id == grip.dispatch_id, deliveries.c.seq >= grip.first_seq)
    waiting = {"state": "deferred", "not_before": due}
    c.execute(deliveries.update().where(*rows, deliveries.c.seq <= grip.last_seq).values(waiting))
    this = (shards_table.c.dispatch_id == grip.dispatch_id, shards_table.c.number == grip.number)
    counts = {"planned": 0, "deferred": shards_table.c.planned}
    c.execute(shards_table.update().where(*this).values(counts))


def test_what_a_dead_worker_had_comes_to_another(farm: Farm) -> None:
    """Whether it had taken it or not."""
    farm.hand_over(1)
    with farm.at_work("ann") as ann:
        until(lambda: ann.asked_to_send(1))
        assert ann.take() is not None
    bob = farm.worker("bob")
    numbers = [taken_soon(bob).number for _ in range(SHARDS)]
    assert sorted(numbers) == list(range(1, SHARDS + 1))


def test_what_is_urgent_comes_while_shards_wait(farm: Farm) -> None:
    """A dispatch whose time has come, a letter to the editor; no shard has to be taken before."""
    farm.hand_over(1)
    with farm.bench.database.write() as c:
        letters.order(c, 1, Kind.ENDED)
    order = farm.bench.order("2021-02")
    with farm.bench.database.write() as c:
        later = schedule.schedule(c, order, clock.now(c) + SOON, NOON, "ann")
    ann = farm.worker("ann")
    until(lambda: ann.feed.agenda().write)
    began: list[schedule.Due] = []
    until(lambda: bool(began.extend(ann.feed.agenda().begin) or began))
    with farm.bench.database.read() as c:
        when = c.scalar(sa.select(dispatches.c.scheduled_at).where(dispatches.c.id == later))
        assert clock.now(c) >= when
    assert [due.dispatch_id for due in began] == [later]


def test_a_worker_without_work_does_not_wait_for_what_an_editor_has(farm: Farm) -> None:
    """Else it would wait for ever where the editor stopped."""
    ann = farm.worker("ann")
    assert ann.feed.agenda() == Agenda([], [], write=False, hand_on=False, answer=False)
    assert not ann.goes_on()
