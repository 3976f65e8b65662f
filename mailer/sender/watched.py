"""A fault of ours in a callback must not pass for silence of the relay."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")


async def watched(work: Awaitable[T]) -> T:
    """Await `work`; what a callback of the event loop raises meanwhile ends it, and is raised."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    faults: list[BaseException] = []

    def fail(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        faults.append(context.get("exception") or RuntimeError(context["message"]))
        task.cancel()

    before = loop.get_exception_handler()
    loop.set_exception_handler(fail)
    try:
        return await task
    except asyncio.CancelledError:
        if faults:
            raise faults[0] from None
        task.cancel()
        raise
    finally:
        loop.set_exception_handler(before)
