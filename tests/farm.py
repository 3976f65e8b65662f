"""A publication on PostgreSQL with several workers, each a process of its own."""

from __future__ import annotations

import datetime as dt
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import slowly
import sqlalchemy as sa
from ground import Ground, Place
from program import Program, Started, running
from slowly import JANUARY
from soak.books import Books, books_in
from soak.sink import Sink

from mailer.app import open_app
from mailer.database import Database
from mailer.desk import dispatches, moving, offer, scheduling
from mailer.desk.composing import compose_file
from mailer.ledger import events, status
from mailer.ledger.events import Action
from mailer.ledger.schema import senders, shards
from mailer.model.delivery import State

PATIENCE = 600.0  # seconds; on a machine that is not busy nothing takes a fortieth of it
# The relay of a farm may be another host, which the program asks more of.
_TRUSTED = """tls = "off"

[send]
probe = false
canary = 0
"""


@dataclass(frozen=True, eq=False)
class Worker:
    process: Started
    place: Place

    def kill(self) -> None:
        self.process.kill()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)
    return condition()


@dataclass
class Farm:
    """Its relay is `sink`. Workers end with `stack`."""

    ground: Ground
    program: Program
    database: Database
    sink: Sink
    readers: int
    stack: ExitStack
    workers: list[Worker]

    def add_worker(self, **variables: str) -> Worker:
        """One that says that it is at work; the variables are those of its environment."""
        place = self.ground.place(self.stack, self.database.url, self.sink)
        program = replace(self.program, variables={**place.variables, **variables})
        process = self.stack.enter_context(running(program.start("worker", under=place.under)))
        self.stack.callback(process.kill)  # one that is stopped heeds nothing else
        assert process.stderr is not None
        assert "at work" in process.stderr.readline()
        self.workers.append(Worker(process, place))
        return self.workers[-1]

    def begin(self) -> None:
        """Hand the issue over; all the workers have their part of it then."""
        self.program.ok("send", JANUARY, "--queue", "--yes")
        assert within(PATIENCE, lambda: len(self._owners()) == len(self.workers))

    def schedule(self, after: dt.timedelta) -> dt.datetime:
        """Let it begin so long from now; the time, which is the database's."""
        app = open_app(self.program.folder)
        with closing(app.database):
            assert within(PATIENCE, lambda: dispatches.worker_seen(app))
            composition = compose_file(app, app.folder / JANUARY)
            made = offer.offer(app, composition, None, late=False, expect=None)
            when = app.shared_clock()() + after
            scheduling.schedule_at(app, composition, made, when)
        return when

    def kill_one(self) -> None:
        """Of those that have something in hand; wait for one."""
        assert within(PATIENCE, lambda: bool(self._owners()))
        ids = {int(owner.split("-")[-2]) for owner in self._owners()}
        at_work = [worker for worker in self.workers if worker.process.pid in ids]
        self.workers.remove(at_work[0])
        at_work[0].kill()

    def moments(self, action: Action) -> list[dt.datetime]:
        """When that was done, by the database's time."""
        with self.database.read() as c:
            return [event.at for event in events.listed(c, None) if event.action == action]

    def _owners(self) -> set[str]:
        with self.database.read() as c:
            return set(c.scalars(sa.select(shards.c.owner).where(shards.c.owner.is_not(None))))

    def holds(self, worker: Worker) -> bool:
        """Whether it has shards in hand, as the others see it."""
        return any(f"-{worker.process.pid}-" in owner for owner in self._owners())

    def beats(self, worker: Worker) -> bool:
        """Whether it goes on counting: it has the database."""
        before = self._beats_of(worker)
        return within(5.0, lambda: self._beats_of(worker) > before)

    def _beats_of(self, worker: Worker) -> int:
        with self.database.read() as c:
            its = senders.c.name.contains(f"-{worker.process.pid}-")
            return int(c.scalar(sa.select(sa.func.sum(senders.c.beats)).where(its)) or 0)

    @property
    def taken_over(self) -> int:
        """Shards that one sender had in hand, and then another."""
        with self.database.read() as c:
            query = sa.select(sa.func.count()).select_from(shards).where(shards.c.epoch > 2)
            return int(c.scalar(query) or 0)

    @property
    def books(self) -> Books:
        return books_in(self.database, self.sink, self.readers)

    @property
    def open(self) -> int:
        """Copies that nobody tried yet, or of which nobody has told how they ended. Deferred ones,
        which have five minutes to wait, are not among them."""
        with self.database.read() as c:
            counts = status.status(c).counts
        return counts[State.PLANNED] + counts[State.SENDING]

    def sessions(self, worker: Worker) -> int:
        """How many the server keeps for a worker with an address of its own."""
        query = sa.text("SELECT count(*) FROM pg_stat_activity WHERE host(client_addr) = :host")
        with self.database.read() as c:
            return int(c.scalar(query, {"host": worker.place.address}) or 0)

    def end(self) -> str:
        """The workers that are left; what they had to say."""
        logs = []
        for worker in self.workers:
            worker.process.terminate()
            logs.append(worker.process.communicate(timeout=60)[1])
            assert worker.process.returncode == 0, logs[-1]
        return "".join(logs)


@contextmanager
def farm(
    folder: Path,
    ground: Ground,
    workers: int,
    readers: int,
    connections: int,
    delay: float,
    engine: str = "inline",
) -> Iterator[Farm]:
    """`delay` is what the relay takes for each message, in seconds."""
    with ExitStack() as stack:
        sink = stack.enter_context(ground.sink(delay))
        program = slowly.publication(folder, sink.url, readers, connections)
        url = ground.server.empty()
        app = open_app(program.folder)
        moving.move(app, url, lambda _table, _rows: None)
        app.database.close()
        program.configure(app.config.database.url, url)
        program.configure("[database]", f'{_TRUSTED}\n[worker]\nengine = "{engine}"\n\n[database]')
        database = stack.enter_context(closing(Database(url)))
        made = Farm(ground, program, database, sink, readers, stack, [])
        for _ in range(workers):
            made.add_worker()
        yield made
