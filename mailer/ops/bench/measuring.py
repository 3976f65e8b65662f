"""The whole way of a copy, measured: an invented audience, the example's issue, and a process of
its own for each dispatch."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailer.app import App
from mailer.desk import setup
from mailer.ops.bench import postfix, sink
from mailer.ops.bench.one_send import Spent
from subscribers.address import parse
from subscribers.admission import Entry
from subscribers.attributes import encoded
from subscribers.model import Consent, ConsentChange

_CHUNK = 10_000
_CONSENT = Consent("a bench", "yes")


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians. Copies a second, of ours and of `smtp-source` into the same sink (None where Postfix
    is not installed); the rest as `Spent` has it."""

    copies: int
    size: int
    per_second: float
    source_per_second: float | None
    cpu_per_thousand: float
    planned: float
    first: float
    rss: int


def measure(readers: int, connections: int, runs: int) -> Measured:
    """One after the other, so that all have the same machine."""
    with tempfile.TemporaryDirectory(prefix="mailer-bench-") as scratch, _sink() as port:
        folder = Path(scratch) / "news"
        publication(folder, readers)
        size = one_send(folder, port, connections).size
        spent, sources = [], []
        for _ in range(runs):
            spent.append(one_send(folder, port, connections))
            if postfix.installed():
                sources.append(postfix.source(port, size, readers, connections))
    return Measured(
        copies=readers,
        size=size,
        per_second=statistics.median(one.copies / one.sent for one in spent),
        source_per_second=statistics.median(sources) if sources else None,
        cpu_per_thousand=statistics.median(1000 * one.cpu / one.copies for one in spent),
        planned=statistics.median(one.planned for one in spent),
        first=statistics.median(one.first for one in spent),
        rss=max(one.rss for one in spent),
    )


def publication(folder: Path, readers: int) -> App:
    """The example, with so many confirmed readers."""
    app = setup.init(folder, example=True)
    roster = app.store.roster(app.config.publication.list)
    now = app.now()
    for start in range(0, readers, _CHUNK):
        entries = [
            Entry(
                parse(f"reader{number}@example.org"),
                encoded({"first_name": f"R{number}"}),
                *(_CONSENT, ConsentChange.ADDED, now),
            )
            for number in range(start, min(readers, start + _CHUNK))
        ]
        roster.admit(entries, now)
    return app


def one_send(folder: Path, port: int, connections: int, *more: str) -> Spent:
    """`more`: the seconds that it may take."""
    words = ("-m", "mailer.ops.bench.one_send", str(folder), str(port), str(connections), *more)
    done = subprocess.run(  # noqa: S603 - ourselves
        (sys.executable, *words), check=True, stdout=subprocess.PIPE, text=True
    )
    return Spent(**json.loads(done.stdout))


@contextmanager
def _sink() -> Iterator[int]:
    with postfix.sink() if postfix.installed() else sink.running() as port:
        yield port
