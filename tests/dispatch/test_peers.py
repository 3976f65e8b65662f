"""Whole runs into servers that are not ours: aiosmtpd, and Postfix's smtp-sink with its faults."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from publication import NOON, Bench
from runs import after, counts, run_of
from sender.catcher import catching

from mailer.model.delivery import DispatchState, State
from mailer.sender.relay import Relay
from mailer.sender.route import Route
from mailer.sender.smtp import SmtpTransport
from subscribers.model import Consent, SubscriptionStatus

BenchOf = Callable[[int], Bench]
_PATIENCE = 15.0


def transport_to(port: int, connections: int = 4, timeout: float = 5.0) -> SmtpTransport:
    return SmtpTransport(
        Relay("smtp", "127.0.0.1", port, "mailer.test", timeout=timeout), connections
    )


@contextmanager
def sink(*options: str) -> Iterator[int]:
    """smtp-sink on a port of loopback, with what it should do wrong."""
    program = shutil.which("smtp-sink") or "/usr/sbin/smtp-sink"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    process = subprocess.Popen([program, "-u", "nobody", *options, f"127.0.0.1:{port}", "100"])
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < deadline, "smtp-sink did not begin"
            time.sleep(0.05)
        else:
            return


def test_aiosmtpd(bench_of: BenchOf) -> None:
    """Every reader once; whom it does not know fails alone."""
    bench = bench_of(60)
    confirmed = SubscriptionStatus.CONFIRMED
    bench.store.add("gone@example.org", "monthly", {}, Consent("a test", "yes"), confirmed, NOON)
    bench.plan()

    async def scene() -> list[str]:
        async with catching() as catcher:
            await run_of(bench, transport_to(catcher.port)).run()
            return catcher.recipients

    recipients = asyncio.run(scene())
    assert counts(bench) == {State.SENT: 60, State.FAILED: 1}
    assert len(recipients) == len(set(recipients)) == 60


SENT, DEFERRED, UNCERTAIN = State.SENT, State.DEFERRED, State.UNCERTAIN


@pytest.mark.postfix
@pytest.mark.parametrize(
    ("options", "states", "paused"),
    [
        ((), {SENT}, False),
        (("-p",), {SENT}, False),  # without PIPELINING
        (("-e",), {SENT}, False),  # without EHLO
        (("-M", "7"), {SENT, UNCERTAIN, DEFERRED, State.PLANNED}, False),  # it ends altogether
        (("-r", "MAIL"), {DEFERRED, State.PLANNED}, False),
        (("-r", "RCPT"), {DEFERRED, State.PLANNED}, False),
        (("-r", "DATA"), {DEFERRED, State.PLANNED}, False),
        (("-r", "."), {DEFERRED, State.PLANNED}, False),
        (("-f", "MAIL"), {DEFERRED, State.PLANNED}, True),
        (("-f", "RCPT"), {DEFERRED, State.PLANNED}, True),  # "500 5.3.0": it does not know RCPT
        (("-q", "MAIL"), {DEFERRED, State.PLANNED}, False),
        (("-q", "RCPT"), {DEFERRED, State.PLANNED}, False),
        (("-q", "DATA"), {DEFERRED, State.PLANNED}, False),
        (("-q", "."), {UNCERTAIN, DEFERRED, State.PLANNED}, False),
    ],
)
def test_smtp_sink(
    bench_of: BenchOf, options: tuple[str, ...], states: set[State], paused: bool
) -> None:
    """Whatever it does wrong, every copy is in a state that is true, and nobody fails for it."""
    bench = bench_of(30)
    bench.plan()
    with sink(*options) as port:
        routes = [Route("sink", transport_to(port, timeout=2.0))]

        async def scene() -> None:
            run = run_of(bench, routes[0].transport, routes=routes)
            task = asyncio.create_task(run.run())
            await asyncio.wait({task}, timeout=3)
            run.stop()
            await asyncio.gather(task, return_exceptions=True)

        asyncio.run(scene())
    assert set(counts(bench)) <= states
    assert (after(bench).state is DispatchState.PAUSED) is paused
    if options in ((), ("-p",), ("-e",)):
        assert counts(bench) == {State.SENT: 30}
