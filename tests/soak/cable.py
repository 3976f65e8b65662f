"""A cable to a server, which can be cut: nothing goes through any more, and nobody is told."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Reach = Callable[[], Awaitable[Streams]]


class Cable:
    """Carries what comes to `listener` to where `reach` leads, in a thread of its own, while its
    `with` block runs. When it is mended what was on its way arrives; one that `forgets` hangs up
    instead, as those do who have missed each other for too long."""

    def __init__(self, listener: socket.socket, reach: Reach, forgets: bool = False) -> None:
        self._listener = listener
        self._reach = reach
        self._forgets = forgets
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._whole = asyncio.Event()
        self._whole.set()
        self._carrying: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        self._loop.call_soon_threadsafe(self._whole.clear)

    def mend(self) -> None:
        self._loop.call_soon_threadsafe(self._mend)

    def _mend(self) -> None:
        for task in self._carrying if self._forgets else ():
            task.cancel()
        self._whole.set()

    async def _serve(self) -> None:
        self._server = await asyncio.start_server(self._accepted, sock=self._listener)

    async def _end(self) -> None:
        self._server.close()
        for task in self._carrying:
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._connect(reader, writer))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    async def _connect(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        try:
            await self._whole.wait()
            far, forth = await self._reach()
            try:
                await asyncio.gather(self._carry(near, forth), self._carry(far, back))
            finally:
                forth.close()
        except OSError:
            pass  # nobody is there: who came is told by being hung up on
        finally:
            back.close()

    async def _carry(self, here: asyncio.StreamReader, there: asyncio.StreamWriter) -> None:
        """Until one of the two ends hangs up."""
        try:
            while octets := await here.read(1 << 16):
                await self._whole.wait()
                there.write(octets)
                await there.drain()
        except ConnectionError:
            pass
        finally:
            there.close()
