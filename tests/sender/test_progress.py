"""Progress is told a few times a second."""

from __future__ import annotations

import asyncio

from mailer.sender.progress import Progress


def test_many_copies_are_told_together() -> None:
    """None is forgotten, none told twice, and the rest comes at the end."""

    async def scene() -> list[int]:
        told: list[int] = []
        progress = Progress(told.append)
        for _ in range(1000):
            progress.count()
        assert told == []
        await asyncio.sleep(0.2)
        progress.count()
        progress.tell()
        progress.tell()
        return told

    assert asyncio.run(scene()) == [1000, 1]
