"""Several senders on one PostgreSQL: beside Postfix's own sender, two workers beside one, and a
rate that four keep together.

    python -m tests.bench.farming

The server is durable, as PostgreSQL comes. All mail stays on loopback.
"""

from __future__ import annotations

import os
import statistics
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from mailer.app import open_app
from mailer.desk import moving
from mailer.desk.composing import compose_file
from mailer.ledger import schedule, status
from mailer.model.delivery import State
from mailer.ops.bench import measuring, postfix, sink
from mailer.ops.bench.one_send import ISSUE, planned
from tests.bench.growing import DURABLE
from tests.postgresql import Server, running_postgresql
from tests.program import Program, running
from tests.soak.sink import Sink

RUNS = 3
READERS, CONNECTIONS = 20_000, 20
FAR = 0.02  # seconds to each reply
PER_SECOND, SENDERS, SECONDS = 200, 4, 60
_BEGUN = 0.1  # of a dispatch: before that not every worker has its part
_LOOK = 0.05  # seconds


@dataclass(frozen=True, slots=True)
class Paced:
    """Copies a second over the whole time, and in the fullest second of it."""

    mean: float
    most: int


def beside_source(folder: Path, server: Server) -> tuple[float, float]:
    """Copies a second into smtp-sink of ours and of `smtp-source`, one after the other: medians."""
    ours, source = [], []
    with _publication(folder, server), postfix.sink() as port:
        size = measuring.one_send(folder, port, CONNECTIONS).size
        for _ in range(RUNS):
            spent = measuring.one_send(folder, port, CONNECTIONS)
            ours.append(spent.copies / spent.sent)
            source.append(postfix.source(port, size, READERS, CONNECTIONS))
    return statistics.median(ours), statistics.median(source)


def by_workers(folder: Path, server: Server) -> list[float]:
    """Copies a second through a relay that is `FAR`, of one worker with 20 connections and of two
    with 20 each."""
    with sink.running(FAR) as port:
        relay = _relay(f"smtp://127.0.0.1:{port}", connections=CONNECTIONS)
        with _publication(folder, server, relay):
            return [_of_workers(folder, number) for number in (1, 2)]


def _of_workers(folder: Path, number: int) -> float:
    with _at_work(folder, number):
        return statistics.median(_rate(folder) for _ in range(RUNS))


def paced(folder: Path, server: Server) -> Paced:
    """Four workers with one limit of 200 copies a second, as their relay sees it."""
    with Sink(delay=FAR) as relay:
        limit = _relay(relay.url, connections=CONNECTIONS, messages_per_second=PER_SECOND)
        with _publication(folder, server, limit), _at_work(folder, SENDERS):
            dispatch_id = _handed_over(folder)
            _until(folder, dispatch_id, PER_SECOND)
            time.sleep(SECONDS)
            moments = list(relay.moments)
    return _paced(moments[-PER_SECOND * SECONDS :])


def _paced(moments: Sequence[float]) -> Paced:
    second: deque[float] = deque()
    most = 0
    for moment in moments:
        second.append(moment)
        while moment - second[0] >= 1.0:
            second.popleft()
        most = max(most, len(second))
    return Paced((len(moments) - 1) / (moments[-1] - moments[0]), most)


def _relay(url: str, **limits: int) -> Mapping[str, str]:
    """As the environment has it."""
    named = {f"MAILER_SMTP__{name.upper()}": str(value) for name, value in limits.items()}
    return {"MAILER_SMTP__URL": url, **named}


@contextmanager
def _publication(
    folder: Path, server: Server, relay: Mapping[str, str] | None = None
) -> Iterator[None]:
    """The example with its invented readers, on PostgreSQL, for this process and those that it
    starts."""
    app = measuring.publication(folder, READERS)
    url = server.empty()
    moving.move(app, url, lambda _table, _rows: None)
    app.database.close()
    with mock.patch.dict(os.environ, {"MAILER_DATABASE__URL": url, **(relay or {})}):
        yield


@contextmanager
def _at_work(folder: Path, workers: int) -> Iterator[None]:
    ours = {name: value for name, value in os.environ.items() if name.startswith("MAILER_")}
    with ExitStack() as stack:
        for _ in range(workers):
            stack.enter_context(running(Program(folder, ours).start("worker")))
        yield


def _rate(folder: Path) -> float:
    """Copies a second of one dispatch, once all the workers are at it."""
    dispatch_id = _handed_over(folder)
    first, began = _until(folder, dispatch_id, int(_BEGUN * READERS))
    last, ended = _until(folder, dispatch_id, READERS)
    return (last - first) / (ended - began)


def _handed_over(folder: Path) -> int:
    """A dispatch of the issue to everybody that the workers are to send."""
    app = open_app(folder)
    with closing(app.database):
        maker = planned(app, compose_file(app, folder / ISSUE))
        with app.database.write() as c:
            schedule.hand_over(c, maker.dispatch_id, "bench")
    return maker.dispatch_id


def _until(folder: Path, dispatch_id: int, tried: int) -> tuple[int, float]:
    """How many copies came to an end once so many did, and when that was seen."""
    app = open_app(folder)
    with closing(app.database):
        while True:
            with app.database.read() as c:
                counts = status.status(c, dispatch_id).counts
            ended = sum(counts.values()) - counts[State.PLANNED] - counts[State.SENDING]
            if ended >= tried:
                return ended, time.monotonic()
            time.sleep(_LOOK)


def lines() -> Iterator[tuple[str, str, str]]:
    """For the report: a name, a number, a note."""
    with running_postgresql(DURABLE) as server, TemporaryDirectory() as scratch:
        folder = Path(scratch)
        one, two = by_workers(folder / "far", server)
        yield "two workers", f"{two / one:.2f} ×", f"{two:,.0f}/s; one {one:,.0f}/s, 20 ms a reply"
        ours, source = beside_source(folder / "near", server)
        note = f"{ours:,.0f}/s; smtp-source -d {source:,.0f}/s"
        yield "send, PostgreSQL", f"{ours / source:.2f} ×", note
        kept = paced(folder / "paced", server)
        note = f"in the fullest second {kept.most}; four workers, one limit"
        yield f"{PER_SECOND} a second", f"{kept.mean:.1f}/s", note


if __name__ == "__main__":
    for line in lines():
        print(*line, flush=True)
