"""Readers who leave while an issue goes out: one-click POSTs to `mailer web` beside a send."""

from __future__ import annotations

import asyncio
import math
import random
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from mailer.app import App
from mailer.ops.bench import postfix
from mailer.ops.bench.measuring import one_send, publication
from subscribers.schema import subscriptions
from tests.program import Program, free_port, running

READERS = 20_000
CONNECTIONS = 20
RUNS = 3
RATE = 200  # a second
_FORM = b"List-Unsubscribe=One-Click"


@dataclass(frozen=True)
class Leaving:
    """Seconds to the answer, of half and of 99 % of the requests; copies a second without them and
    beside them."""

    median: float
    p99: float
    alone: float
    beside: float
    requests: int


def measure(folder: Path) -> Leaving:
    """Open loop: each POST has its moment, and its time counts from there."""
    app = publication(folder, READERS)
    paths = _paths(app)
    waits: list[float] = []
    alone, beside = [], []
    with postfix.sink() as port, _web(folder) as web:
        for _ in range(RUNS):
            alone.append(_rate(folder, port))
            with _load(web, paths, waits):
                beside.append(_rate(folder, port))
    waits.sort()
    return Leaving(
        median=statistics.median(waits),
        p99=waits[math.ceil(0.99 * len(waits)) - 1],
        alone=statistics.median(alone),
        beside=statistics.median(beside),
        requests=len(waits),
    )


def _rate(folder: Path, port: int) -> float:
    spent = one_send(folder, port, CONNECTIONS)
    return spent.copies / spent.sent


def _paths(app: App) -> Iterator[str]:
    """The one-click links of all readers, in no order."""
    with app.database.read() as c:
        tokens = list(c.scalars(sa.select(subscriptions.c.token)))
    random.Random(1).shuffle(tokens)  # noqa: S311 - no secret
    return iter([urlsplit(app.links.unsubscribe(token)).path for token in tokens])


@contextmanager
def _web(folder: Path) -> Iterator[int]:
    port = free_port()
    with running(Program(folder).start("web", "--port", str(port))):
        for _ in range(200):
            try:
                asyncio.run(_post(port, "/u/none"))
                break
            except OSError:
                time.sleep(0.05)
        yield port


@contextmanager
def _load(port: int, paths: Iterator[str], waits: list[float]) -> Iterator[None]:
    stopping = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_press(port, paths, waits, stopping)))
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


async def _press(
    port: int, paths: Iterator[str], waits: list[float], stopping: threading.Event
) -> None:
    began, number = time.monotonic(), 0
    async with asyncio.TaskGroup() as group:
        while not stopping.is_set():
            moment = began + number / RATE
            await asyncio.sleep(max(0.0, moment - time.monotonic()))
            group.create_task(_timed(port, next(paths), moment, waits))
            number += 1


async def _timed(port: int, path: str, moment: float, waits: list[float]) -> None:
    answer = await _post(port, path)
    waits.append(time.monotonic() - moment)
    if not answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"{path}: {answer[:80]!r}")


async def _post(port: int, path: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(_FORM)}\r\n\r\n"
    )
    writer.write(head.encode() + _FORM)
    try:
        return await reader.read()
    finally:
        writer.close()
