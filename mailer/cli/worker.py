"""`mailer worker`: sending without somebody at the terminal."""

from __future__ import annotations

import signal

import typer

from mailer.cli.output import say


def worker(context: typer.Context) -> None:
    """Begin what is scheduled, send what `send --queue` hands over, try deferred copies again when
    they are due, tidy up behind senders that died, and write to the editor. Runs until SIGTERM or
    ctrl-C; copies on the wire end first, a second one cuts them."""
    from functools import partial

    from mailer.app import open_app
    from mailer.desk.worker import Worker

    at_work = Worker(partial(open_app, context.obj), say)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_signal: at_work.stop())
    at_work.work()
