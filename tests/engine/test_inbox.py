"""What jobs offer, until somebody in another thread takes it."""

from __future__ import annotations

import asyncio

from mailer.engine.procrastinate.inbox import Inbox


def test_first_in_first_out_by_key() -> None:
    """An offer ends when it is taken, and with it the job."""

    async def offered() -> list[int | None]:
        inbox: Inbox[str] = Inbox()
        offers = [asyncio.create_task(inbox.offer("a", number)) for number in (1, 2)]
        offers.append(asyncio.create_task(inbox.offer("b", 3)))
        await asyncio.sleep(0)
        assert inbox.keys() == ["a", "b"]
        taken = await asyncio.to_thread(lambda: [inbox.take(key) for key in ("a", "b", "a", "a")])
        await asyncio.wait_for(asyncio.gather(*offers), 10)
        assert inbox.keys() == []
        return taken

    assert asyncio.run(offered()) == [1, 3, 2, None]


def test_what_nobody_takes_goes() -> None:
    """And is not to be had afterwards."""

    async def offered() -> int | None:
        inbox: Inbox[str] = Inbox(patience=0.01)
        await asyncio.wait_for(inbox.offer("a", 1), 10)
        return inbox.take("a")

    assert asyncio.run(offered()) is None


def test_a_shut_inbox_holds_nobody_up() -> None:
    """Neither those who wait nor those who come; open again it is as before."""

    async def offered() -> int | None:
        inbox: Inbox[str] = Inbox()
        waiting = asyncio.create_task(inbox.offer("a", 1))
        await asyncio.sleep(0)
        inbox.shut()
        await asyncio.wait_for(asyncio.gather(waiting, inbox.offer("a", 2)), 10)
        assert inbox.take("a") is None
        inbox.open()
        later = asyncio.create_task(inbox.offer("a", 3))
        await asyncio.sleep(0)
        taken = inbox.take("a")
        await asyncio.wait_for(later, 10)
        return taken

    assert asyncio.run(offered()) == 3
