"""A dispatch run as the desk calls it: from synchronous code, stopped by signals."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.errors import MailerError
from mailer.model.delivery import Envelope
from mailer.model.outcome import Outcome
from mailer.sender.dispatch import DispatchRun, Parts
from mailer.sender.transport import Transport


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run came to its end: by itself, interrupted by a signal, or by trouble."""

    interrupted: bool
    trouble: MailerError | None


def run(parts: Parts) -> Ended:
    """Send what is due. SIGINT and SIGTERM end it softly: what is on the wire is settled; the
    second signal cuts the wire."""
    return asyncio.run(_run(DispatchRun(parts)))


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


def submit_each(transport: Transport, envelopes: Sequence[Envelope]) -> list[Outcome]:
    """Submit a few copies over one connection, outside the ledger; raises RelayError."""
    return asyncio.run(_submit_each(transport, envelopes))


async def _submit_each(transport: Transport, envelopes: Sequence[Envelope]) -> list[Outcome]:
    lane = await transport.open()
    try:
        return [await lane.submit(envelope, _at_once) for envelope in envelopes]
    finally:
        await lane.close()


async def _at_once() -> bool:
    return True
