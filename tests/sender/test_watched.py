"""A fault of ours in a callback ends what is watched."""

from __future__ import annotations

import asyncio

import pytest

from mailer.sender.watched import watched


def broken() -> None:
    raise ZeroDivisionError("a fault of ours")


async def for_ever() -> None:
    asyncio.get_running_loop().call_soon(broken)
    await asyncio.Event().wait()


def test_what_a_callback_raises_is_raised() -> None:
    """Else a run would wait for ever for what never comes."""
    with pytest.raises(ZeroDivisionError, match="ours"):
        asyncio.run(watched(for_ever()))


def test_a_result_and_a_cancellation_pass() -> None:
    """What goes as it should is left alone."""

    async def seven() -> int:
        return 7

    async def scene() -> None:
        assert await watched(seven()) == 7
        task = asyncio.create_task(watched(asyncio.Event().wait()))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scene())
