"""What is saved while an editor writes: seen by the kernel, told to every open page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
from watchfiles import Change, DefaultFilter, awatch

_QUIET = 20  # milliseconds without a further change that end a save
_LONGEST = 200  # milliseconds after which a save that goes on is told all the same
_OURS = (".db", ".db-wal", ".db-shm", ".eml", ".lock")  # what the mailer itself writes there


class Changes:
    """`version` grows with every save. To be told of one is a matter of the event loop; to read
    the version is anybody's."""

    def __init__(self) -> None:
        self.version = 0
        self.ended = anyio.Event()
        self._next = anyio.Event()

    def tell(self) -> None:
        """Something was saved."""
        self.version += 1
        self._wake()

    def end(self) -> None:
        """No page waits any longer: the server stops."""
        self.ended.set()
        self._wake()

    async def versions(self) -> AsyncIterator[int]:
        """The version as it is, then each that follows, until the end."""
        told = -1
        while not self.ended.is_set():
            if told != self.version:
                told = self.version
                yield told
            else:
                await self._next.wait()

    def _wake(self) -> None:
        woken, self._next = self._next, anyio.Event()
        woken.set()


async def watch(changes: Changes, folders: tuple[Path, ...]) -> None:
    """Tell every save in the folders and below them, until the end."""
    saves = awatch(
        *folders,
        watch_filter=Written(),
        debounce=_LONGEST,
        step=_QUIET,
        stop_event=changes.ended,
    )
    async for _ in saves:
        changes.tell()


class Written(DefaultFilter):
    """What people write: nothing hidden, and none of what the mailer itself keeps there."""

    def __call__(self, change: Change, path: str) -> bool:
        name = Path(path).name
        return super().__call__(change, path) and not name.startswith(".") and not _is_ours(name)


def _is_ours(name: str) -> bool:
    return name.endswith(_OURS)
