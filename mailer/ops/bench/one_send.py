"""One dispatch, planned and sent by a process of its own: what it took, as JSON on standard output.

    python -m mailer.ops.bench.one_send FOLDER PORT CONNECTIONS [SECONDS]

The issue goes to all readers of the publication in FOLDER once more, or to as many as SECONDS
allow.
"""

from __future__ import annotations

import dataclasses
import json
import resource
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from mailer.app import App, open_app
from mailer.desk import sending
from mailer.desk.composing import compose_file
from mailer.desk.composition import Composition
from mailer.ledger import control, editions, plan, status
from mailer.model.delivery import State
from mailer.sender import run
from mailer.sender.copies import CopyMaker
from mailer.sender.parts import Parts
from mailer.sender.relay import relay_from_url
from mailer.sender.route import Route
from mailer.sender.smtp import SmtpTransport

ISSUE = Path("issues") / "2021-01.md"


@dataclass(frozen=True)
class Spent:
    """Seconds: of the clock, and `cpu` of all threads and the kernel. `first` and `sent` are from
    the end of planning to the first copies that are settled, and to the last. `size` of a copy and
    `rss`, the largest of the process, in octets."""

    planned: float
    first: float
    sent: float
    cpu: float
    copies: int
    size: int
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


def sent(
    app: App, port: int, connections: int, maker: CopyMaker, seconds: float | None
) -> tuple[float, list[float]]:
    """CPU seconds of the run, and when each portion of its copies was settled."""
    relay = relay_from_url(f"smtp://127.0.0.1:{port}", hello="news.example.org")
    moments: list[float] = []
    with closing(app.liveness()) as liveness:
        parts = Parts(
            app.database,
            [Route("bench", SmtpTransport(relay, connections))],
            liveness,
            app.audience,
            maker,
            app.now,
            settled=lambda _count: moments.append(time.monotonic()),
            notice=lambda line: print(line, file=sys.stderr),
        )
        stop = run.Stop()
        timer = threading.Timer(seconds or 0, stop.ask)
        if seconds is not None:
            timer.start()
        before = time.process_time()
        with run.rarely_collected():
            ended = run.run(parts, stop)
        timer.cancel()
    if ended.trouble is not None:
        raise ended.trouble
    return time.process_time() - before, moments


def measure(folder: Path, port: int, connections: int, seconds: float | None = None) -> Spent:
    app = open_app(folder)
    composition = compose_file(app, app.folder / ISSUE)
    began = time.monotonic()
    maker = planned(app, composition)
    ready = time.monotonic()
    cpu, moments = sent(app, port, connections, maker, seconds)
    with app.database.write() as c:
        control.finish_if_settled(c, maker.dispatch_id, app.now())
        now = status.status(c, maker.dispatch_id)
    return Spent(
        planned=ready - began,
        first=moments[0] - ready,
        sent=moments[-1] - ready,
        cpu=cpu,
        copies=now.counts[State.SENT],
        size=len(maker.make(1, "reader@example.org", bytes(16), {}).body),
        rss=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def main(folder: str, port: str, connections: str, seconds: str = "") -> None:
    limit = float(seconds) if seconds else None
    spent = measure(Path(folder), int(port), int(connections), limit)
    print(json.dumps(dataclasses.asdict(spent)))


if __name__ == "__main__":
    main(*sys.argv[1:])
