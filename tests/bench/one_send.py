"""One dispatch, planned and sent by a process of its own: what it took, as JSON on standard output.

    python -m tests.bench.one_send FOLDER PORT CONNECTIONS

The issue goes to all readers of the publication in FOLDER once more.
"""

from __future__ import annotations

import dataclasses
import json
import os
import resource
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from mailer.app import App, open_app
from mailer.desk import sending
from mailer.desk.composing import Composition, compose_file
from mailer.ledger import control, editions, plan, status
from mailer.model.delivery import State
from mailer.sender import run
from mailer.sender.copies import CopyMaker
from mailer.sender.dispatch import Parts
from mailer.sender.relay import relay_from_url
from mailer.sender.smtp import SmtpTransport

ISSUE = Path("issues") / "2020-10.md"


@dataclass(frozen=True)
class Spent:
    """Seconds, of the clock and of all threads and the kernel; `first` is from planning to the
    first copy that is settled. `rss` is the largest so far, in octets."""

    planned: float
    first: float
    sent: float
    cpu: float
    copies: int
    rss: int


def planned(app: App, composition: Composition) -> CopyMaker:
    """A dispatch to everybody, whoever had the issue before."""
    _, edition = composition.complete()
    target = app.store.list(app.config.publication.list)
    with app.database.write() as c:
        stored = editions.store(c, edition, composition.pictures, app.now())
        order = plan.Order(
            edition.issue_id, stored, target.id, target.name, target.title, target.list_id
        )
        order = dataclasses.replace(order, purpose=plan.further_purpose(c, order, plan.AGAIN))
        people = app.store.audience(target.name)
        dispatch_id = plan.plan(c, order, people, app.now(), plan.size(c, people))
    header = sending.list_header(app, dispatch_id, target.name, target.title, target.list_id)
    return sending.maker_of(app, dispatch_id, stored, edition, header, composition.pictures)


def sent(app: App, port: int, connections: int, maker: CopyMaker) -> tuple[float, list[float]]:
    """CPU seconds of the run, and when each portion of its copies was settled."""
    relay = relay_from_url(f"smtp://127.0.0.1:{port}", hello="news.example.org")
    moments: list[float] = []
    with closing(app.liveness()) as liveness:
        parts = Parts(
            app.database,
            SmtpTransport(relay, connections),
            liveness,
            app.audience,
            maker,
            app.now,
            settled=lambda _count: moments.append(time.monotonic()),
            notice=lambda line: print(line, file=sys.stderr),
        )
        before = time.process_time()
        ended = run.run(parts)
    if ended.trouble is not None:
        raise ended.trouble
    return time.process_time() - before, moments


def measure(folder: Path, port: int, connections: int) -> Spent:
    app = open_app(folder)
    composition = compose_file(app, app.folder / ISSUE)
    began = time.monotonic()
    maker = planned(app, composition)
    ready = time.monotonic()
    cpu, moments = sent(app, port, connections, maker)
    with app.database.write() as c:
        control.finish_if_settled(c, maker.dispatch_id, app.now())
        now = status.status(c, maker.dispatch_id)
    return Spent(
        planned=ready - began,
        first=moments[0] - ready,
        sent=moments[-1] - ready,
        cpu=cpu,
        copies=now.counts[State.SENT],
        rss=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def main(folder: str, port: str, connections: str) -> None:
    os.environ.pop("MAILER_ACTOR", None)
    print(json.dumps(dataclasses.asdict(measure(Path(folder), int(port), int(connections)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
