from __future__ import annotations

import asyncio

from mailer.engine.procrastinate.fetcher import end_others


async def _stubborn() -> None:
    """As a worker of psycopg's pool, which outlives being cancelled in the middle of something."""
    for _ in range(2):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            continue
    await asyncio.Event().wait()


def test_a_task_that_outlives_being_cancelled_is_cancelled_again() -> None:
    async def main() -> set[asyncio.Task[None]]:
        others = {asyncio.create_task(_stubborn()) for _ in range(3)}
        await asyncio.sleep(0)
        await end_others()
        return others

    assert all(task.cancelled() for task in asyncio.run(main()))
