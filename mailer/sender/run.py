"""A dispatch run as the desk calls it: from synchronous code, stopped by signals."""

from __future__ import annotations

import asyncio
import gc
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mailer.errors import MailerError
from mailer.sender.dispatch import DispatchRun
from mailer.sender.parts import Parts


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run came to its end: by itself, interrupted by a signal, or by trouble."""

    interrupted: bool
    trouble: MailerError | None


class Stop:
    """Ends a run from another thread, in place of signals."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked = 0
        self._interrupt: Callable[[], object] | None = None

    def ask(self) -> None:
        """The first time softly, the second time cutting the wire."""
        with self._lock:
            self._asked += 1
            if self._interrupt is not None:
                self._interrupt()

    @contextmanager
    def heeded(self, interrupt: Callable[[], object]) -> Iterator[None]:
        """While the block runs, `interrupt` is called for each time; at once for those before."""
        with self._lock:
            self._interrupt = interrupt
            for _ in range(self._asked):
                interrupt()
        try:
            yield
        finally:
            with self._lock:
                self._interrupt = None


def run(parts: Parts, stop: Stop | None = None) -> Ended:
    """Send what is due. SIGINT and SIGTERM, or `stop` where the run has a thread of its own, end it
    softly: what is on the wire is settled; the second time cuts the wire."""
    if stop is not None:
        return asyncio.run(_run(DispatchRun(parts), stop))
    with rarely_collected():
        return asyncio.run(_run(DispatchRun(parts), None))


@contextmanager
def rarely_collected() -> Iterator[None]:
    """For the whole process: a run makes thousands of short-lived objects a second and hardly a
    cycle. What is there by now is not looked at again, and what comes is looked at seldom."""
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        if not frozen:  # by whom we run in
            gc.unfreeze()


async def _run(dispatch: DispatchRun, stop: Stop | None) -> Ended:
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(dispatch.run())
    interrupted = False

    def interrupt() -> None:
        nonlocal interrupted
        if interrupted:
            task.cancel()
        interrupted = True
        dispatch.stop()

    asked = _signals(interrupt) if stop is None else stop.heeded(_within(loop, interrupt))
    with asked:
        try:
            await task
        except MailerError as error:
            return Ended(interrupted, error)
        except asyncio.CancelledError:
            if not interrupted:
                raise
    return Ended(interrupted, None)


@contextmanager
def _signals(interrupt: Callable[[], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _within(loop: asyncio.AbstractEventLoop, interrupt: Callable[[], None]) -> Callable[[], object]:
    return lambda: loop.call_soon_threadsafe(interrupt)
