"""Procrastinate's workers, in a thread and an event loop of their own."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

import procrastinate
import psycopg
from procrastinate import JobContext, PsycopgConnector

from mailer.database.postgresql import FIRST_WORDS, WHO
from mailer.engine.procrastinate.inbox import Inbox
from mailer.engine.procrastinate.jobs import BEAT, BULK, STALLED, URGENT, Task

# How many jobs of a queue may wait in the inbox at a time: enough that a sender always finds one,
# and few, since other workers do not get them meanwhile.
_AT_HAND = {URGENT: 4, BULK: 4}
_LOOK = 1.0  # seconds between two looks into a queue
_PAUSES = (1.0, 2.0, 4.0, 8.0)  # seconds between attempts; the last one for ever
_LONG = 60.0  # what comes so much later is another trouble
_KEPT = 24  # hours for which jobs that somebody cancelled stay
_LOGGERS = ("procrastinate", "psycopg.pool")


class Fetcher:
    """Puts the jobs of both queues into the inboxes: a shard by its dispatch, an errand by its
    task. A database that is gone is waited for, and `tell` hears of it once."""

    def __init__(
        self,
        connection: Mapping[str, Any],
        shards: Inbox[int],
        errands: Inbox[Task],
        tell: Callable[[str], None],
    ) -> None:
        """`connection` is what psycopg is to be given."""
        connector = PsycopgConnector(
            kwargs=dict(connection), min_size=1, max_size=4, timeout=10.0, configure=_prepare
        )
        self._app = _app(connector, shards, errands)
        self._inboxes = (shards, errands)
        self._tell = tell
        self._loop = asyncio.new_event_loop()
        self._ending = asyncio.Event()
        self._thread = threading.Thread(target=self._work, name="fetcher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """What is in the inboxes goes back."""
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join()

    def _work(self) -> None:
        for name in _LOGGERS:  # what is wrong is told in one line
            logging.getLogger(name).setLevel(logging.CRITICAL)
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._until_closed())

    async def _until_closed(self) -> None:
        # A job that could not be finished gets another by housekeeping.
        self._loop.set_exception_handler(lambda _loop, _context: None)
        work = asyncio.create_task(self._patiently())
        await self._ending.wait()
        work.cancel()
        await asyncio.wait([work])
        await end_others()

    async def _patiently(self) -> None:
        failed = 0
        while True:
            began = self._loop.time()
            trouble = await self._until_trouble()
            failed = 0 if self._loop.time() - began > _LONG else failed
            if not failed:
                self._tell(f"the queue of jobs: {trouble}; it is tried again")
            await asyncio.sleep(_PAUSES[min(failed, len(_PAUSES) - 1)])
            failed += 1

    async def _until_trouble(self) -> str:
        try:
            async with self._app.open_async():
                await self._until_one_ends()
        except Exception as error:  # whatever it is, it must not end the worker
            return _spoken(error)
        return "one of its workers ended"

    async def _until_one_ends(self) -> None:
        """One of Procrastinate's workers does when it is in trouble; the other is ended then."""
        for inbox in self._inboxes:
            inbox.open()
        workers = [asyncio.create_task(self._fetch(queue)) for queue in _AT_HAND]
        try:
            await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for inbox in self._inboxes:
                inbox.shut()
            for worker in workers:
                worker.cancel()
            ended = await asyncio.gather(*workers, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                raise error

    async def _fetch(self, queue: str) -> None:
        await self._app.run_worker_async(
            queues=[queue],
            concurrency=_AT_HAND[queue],
            fetch_job_polling_interval=_LOOK,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=BEAT,
            # Only forgotten then: one that was stopped for a while is to find itself again.
            stalled_worker_timeout=60 * STALLED,
        )


async def end_others() -> None:
    """Cancel every other task of this loop until it ends. A worker of psycopg's pool takes being
    cancelled for a fault of what it does just then, and waits for more: once is not enough."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        for task in others:
            task.cancel()
        await asyncio.wait(others, timeout=_LOOK)


async def _prepare(connection: psycopg.AsyncConnection) -> None:
    asked = await connection.execute(WHO)
    if await asked.fetchone() == (connection.info.backend_pid,):
        await connection.execute(FIRST_WORDS)
    await connection.commit()


def _app(
    connector: PsycopgConnector, shards: Inbox[int], errands: Inbox[Task]
) -> procrastinate.App:
    """Its tasks hand over what they are about, and are done."""
    app = procrastinate.App(connector=connector)

    async def hand_over_shard(dispatch: int, number: int) -> None:
        await shards.offer(dispatch, number)

    app.task(name=Task.SHARD.value, queue=BULK)(hand_over_shard)
    for task in Task:
        if task is not Task.SHARD:
            app.task(name=task.value, queue=URGENT)(_errand(errands, task))

    # Without a periodic task Procrastinate 3.10 ceases to watch over its own heartbeat.
    @app.periodic(cron="17 4 * * *")
    @app.task(name="sweep", queue=URGENT, queueing_lock="sweep", pass_context=True)
    async def sweep(context: JobContext, timestamp: int) -> None:
        manager = context.app.job_manager
        await manager.delete_old_jobs(_KEPT, include_cancelled=True, include_aborted=True)

    return app


def _errand(errands: Inbox[Task], task: Task) -> Callable[..., Any]:
    async def hand_over(number: int) -> None:
        await errands.offer(task, number)

    return hand_over


def _spoken(error: Exception) -> str:
    """Procrastinate's own errors have the driver's behind them."""
    lines = str(error.__cause__ or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
