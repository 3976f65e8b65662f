"""`mailer worker`: sending without somebody at the terminal."""

from __future__ import annotations

import signal

import typer

from mailer.cli.unattended import LogFormat, Metrics, log_of, place_of


def worker(context: typer.Context, metrics: Metrics = None, log_format: LogFormat = "text") -> None:
    """Begin what is scheduled, send what `send --queue` hands over, try deferred copies again when
    they are due, tidy up behind senders that died, and write to the editor. Runs until SIGTERM or
    ctrl-C; copies on the wire end first, a second one cuts them."""
    from functools import partial

    from mailer.app import open_app
    from mailer.desk.worker import Worker

    log = log_of(log_format)
    at_work = Worker(partial(open_app, context.obj), log)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_signal: at_work.stop())
    if metrics is None:
        at_work.work()
        return
    from mailer.web.metrics import registry
    from mailer.web.serving import watched

    with watched(place_of(metrics), registry(), at_work.require_health, log):
        at_work.work()
