"""A dispatch run as the desk calls it: from synchronous code, stopped by signals."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mailer.errors import MailerError
from mailer.sender.dispatch import DispatchRun, Parts


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run came to its end: by itself, interrupted by a signal, or by trouble."""

    interrupted: bool
    trouble: MailerError | None


def run(parts: Parts) -> Ended:
    """Send what is due. SIGINT and SIGTERM end it softly: what is on the wire is settled; the
    second signal cuts the wire."""
    with _rarely_collected():
        return asyncio.run(_run(DispatchRun(parts)))


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """A run makes thousands of short-lived objects a second and hardly a cycle: what is there by
    now is not looked at again, and what comes is looked at seldom."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


async def _run(dispatch: DispatchRun) -> Ended:
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(dispatch.run())
    interrupted = False

    def interrupt() -> None:
        nonlocal interrupted
        if interrupted:
            task.cancel()
        interrupted = True
        dispatch.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)
    try:
        await task
    except MailerError as error:
        return Ended(interrupted, error)
    except asyncio.CancelledError:
        if not interrupted:
            raise
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
    return Ended(interrupted, None)
