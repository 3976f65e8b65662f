"""A dispatch at the wire: beside other senders into one sink, at a distance, and to a large
audience. All mail stays on loopback."""

from __future__ import annotations

import dataclasses
import statistics
from dataclasses import dataclass
from pathlib import Path

from mailer.desk.composing import compose_file
from mailer.model.edition import Edition
from mailer.ops.bench import postfix, sink
from mailer.ops.bench.measuring import one_send, publication
from mailer.ops.bench.one_send import ISSUE
from tests.bench import peers

RUNS = 5
READERS = 20_000
FAR_READERS = 10_000
PEER_COPIES = {"smtplib": 300, "aiosmtplib": 1_000, "nodemailer": 1_000}
CONNECTIONS, FAR_CONNECTIONS = 20, 50
FAR = 0.02  # seconds to each reply


@dataclass(frozen=True)
class Rates:
    """Copies a second, of ours and of each peer, and of ours into a faster sink; our CPU seconds
    per 1,000; `size` in octets."""

    ours: float
    source: float
    smtplib: float
    aiosmtplib: float
    nodemailer: float
    into_ours: float
    cpu: float
    size: int

    def times(self, peer: str) -> float:
        return self.ours / float(getattr(self, peer))


@dataclass(frozen=True)
class Large:
    """A dispatch to many: seconds to plan and to the first copy, resident octets at its end."""

    planned: float
    first: float
    rss: int


def rates(folder: Path) -> Rates:
    """Into smtp-sink over 20 connections, one sender after the other, so that all have the same
    machine: medians."""
    app = publication(folder, READERS)
    _, edition = compose_file(app, folder / ISSUE).complete()
    with postfix.sink() as port, sink.running() as fast:
        size = one_send(folder, port, CONNECTIONS).size
        runs = [_run(folder, edition, port, fast, size) for _ in range(RUNS)]
    medians = {
        field.name: statistics.median(getattr(run, field.name) for run in runs)
        for field in dataclasses.fields(Rates)
    }
    return Rates(**medians)


def _run(folder: Path, edition: Edition, port: int, fast: int, size: int) -> Rates:
    spent = one_send(folder, port, CONNECTIONS)
    quick = one_send(folder, fast, CONNECTIONS)
    wide = (edition, port, CONNECTIONS)
    return Rates(
        ours=spent.copies / spent.sent,
        source=postfix.source(port, size, READERS, CONNECTIONS),
        smtplib=peers.with_smtplib(edition, port, PEER_COPIES["smtplib"]),
        aiosmtplib=peers.with_aiosmtplib(*wide, PEER_COPIES["aiosmtplib"]),
        nodemailer=peers.with_nodemailer(*wide, PEER_COPIES["nodemailer"]),
        into_ours=quick.copies / quick.sent,
        cpu=1000 * spent.cpu / spent.copies,
        size=size,
    )


def far(folder: Path) -> float:
    """Copies a second over 50 connections to a sink that takes 20 ms for each reply."""
    publication(folder, FAR_READERS)
    with sink.running(FAR) as port:
        runs = [one_send(folder, port, FAR_CONNECTIONS) for _ in range(RUNS)]
    return statistics.median(run.copies / run.sent for run in runs)


def large(folder: Path, readers: int) -> Large:
    """Planned for all, and sent for a few seconds."""
    publication(folder, readers)
    with sink.running() as port:
        run = one_send(folder, port, CONNECTIONS, "5")
    return Large(run.planned, run.first, run.rss)
