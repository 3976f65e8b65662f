"""Several workers on one PostgreSQL: what happens to one of them, the others make good."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import slowly
import sqlalchemy as sa
from postgresql import Server
from program import Program, running
from slowly import JANUARY
from soak.books import Books, books_in
from soak.sink import Sink

from mailer.app import open_app
from mailer.database import Database
from mailer.desk import moving
from mailer.ledger import status
from mailer.ledger.schema import shards
from mailer.model.delivery import State

pytestmark = pytest.mark.postgresql

READERS, CONNECTIONS = 900, 5
_PATIENCE = 90.0  # seconds; on a machine that is not busy all is over in fifteen
Worker = subprocess.Popen[str]


@dataclass
class Farm:
    """A publication on PostgreSQL, its relay, and its workers."""

    program: Program
    database: Database
    sink: Sink
    workers: list[Worker]

    def begin(self) -> None:
        """Hand the issue over; all the workers have their part of it then."""
        self.program.ok("send", JANUARY, "--queue", "--yes")
        assert within(_PATIENCE, lambda: len(self._owners()) == len(self.workers))

    def _owners(self) -> set[str]:
        with self.database.read() as c:
            return set(c.scalars(sa.select(shards.c.owner).where(shards.c.owner.is_not(None))))

    @property
    def books(self) -> Books:
        return books_in(self.database, self.sink, READERS)

    @property
    def open(self) -> int:
        """Copies that are not sent, and of which nobody has told that they are uncertain."""
        with self.database.read() as c:
            now = status.status(c)
        return now.total - now.counts[State.SENT] - now.counts[State.UNCERTAIN]

    def end(self) -> None:
        """The workers that are left."""
        for worker in self.workers:
            worker.send_signal(signal.SIGTERM)
            said = worker.communicate(timeout=60)[1]
            assert worker.returncode == 0, said


@pytest.fixture
def farm(tmp_path: Path, postgresql_server: Server) -> Iterator[Farm]:
    """Three workers at work. The relay takes its time."""
    with ExitStack() as stack:
        sink = stack.enter_context(Sink(delay=0.05))
        program = slowly.publication(tmp_path, sink.url, READERS, CONNECTIONS)
        url = postgresql_server.empty()
        app = open_app(program.folder)
        moving.move(app, url, lambda _table, _rows: None)
        app.database.close()
        program.configure(app.config.database.url, url)
        database = stack.enter_context(closing(Database(url)))
        workers = [stack.enter_context(running(program.start("worker"))) for _ in range(3)]
        for worker in workers:
            stack.callback(worker.kill)  # one that is stopped heeds nothing else
            assert worker.stderr is not None
            assert "at work" in worker.stderr.readline()
        yield Farm(program, database, sink, workers)


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)
    return condition()


@pytest.mark.slow
def test_the_others_end_the_work_of_one_that_is_killed_and_one_that_is_stopped(farm: Farm) -> None:
    """Without a hand. The one that was stopped says in
    the end what became of its copies: only those of the killed one stay uncertain."""
    farm.begin()
    killed, stopped = farm.workers.pop(), farm.workers[0]
    killed.kill()
    stopped.send_signal(signal.SIGSTOP)
    struck = time.monotonic()
    assert within(_PATIENCE, lambda: farm.open == 0)
    print(f"settled {time.monotonic() - struck:.1f} s later")
    assert CONNECTIONS < farm.books.uncertain <= 2 * CONNECTIONS
    stopped.send_signal(signal.SIGCONT)
    assert within(_PATIENCE, lambda: farm.books.uncertain <= CONNECTIONS)
    farm.end()
    farm.books.require_kept(uncertain=CONNECTIONS)
