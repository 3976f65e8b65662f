"""Places for connections: how many this sender may have, where a relay takes so many from all
senders together.

The ledger is asked again and again, so that who comes later gets a share, and what somebody leaves
is used by others. A connection is opened only on a place that the ledger has given before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

from mailer.errors import MailerError
from mailer.ledger import places as ledger
from mailer.ledger.liveness import Liveness
from mailer.model.pace import Claim
from mailer.sender.purse import Ledger
from mailer.sender.throttle import places

_FIRST = 12  # times to ask again for a first one: others make room, a dead one's is found free


class Places:
    """Of one relay, which takes `most`. `taken` are in use or about to be, and `queue` wait for
    one; `changed` is called when it is worth looking again, `stopping` ends the waiting for a first
    one. The ledger is asked `every` so many seconds. Use it from one event loop."""

    def __init__(
        self,
        relay: str,
        most: int,
        ledger: Ledger,
        liveness: Liveness,
        changed: Callable[[], None],
        stopping: asyncio.Event,
        every: float,
    ) -> None:
        self.every = every
        self.taken = 0
        self.queue = 0
        self._relay = relay
        self._most = most
        self._ledger = ledger
        self._liveness = liveness
        self._changed = changed
        self._stopping = stopping
        self._allowed = 0
        self._leaving = 0  # of those that are taken
        self._keeping: asyncio.Task[None] | None = None

    @property
    def none(self) -> bool:
        """Whether the others have them all."""
        return self._allowed == 0

    @property
    def free(self) -> bool:
        """Whether one more may be taken."""
        return self.taken < self._allowed

    def called_back(self) -> bool:
        """Whether who asks is to leave its place, since it is another sender's by now."""
        if self.taken - self._leaving <= self._allowed:
            return False
        self._leaving += 1
        return True

    def leave(self) -> None:
        self.taken -= 1
        self._leaving = max(0, self._leaving - 1)

    async def begin(self, wanted: int, patient: bool) -> None:
        """Get the first ones, and keep to what is ours from then on. `patient`: wait a while where
        there are none."""
        await self._ask(wanted)
        for _ in range(_FIRST if patient else 0):
            if self.none and not self._stopping.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), self.every)
                await self._ask(wanted)
        self._keeping = asyncio.create_task(self._keep())

    async def end(self) -> None:
        """Give back all. Raises DatabaseError."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        mine = (self._relay, self._liveness.name)
        await self._ledger.call(lambda c: ledger.give_back(c, *mine))

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self.every)
            await self._ask(self.taken + self.queue)

    async def _ask(self, wanted: int) -> None:
        """While it is asked nobody takes one, of which the ledger would not know. One that is in
        trouble leaves us those that are taken."""
        self._allowed = min(self._allowed, self.taken)
        held = self.taken

        def decide(others: Mapping[str, Claim]) -> tuple[int, Claim]:
            ours = places.allowed(self._most, self._liveness.name, Claim(wanted, held), others)
            return ours, Claim(wanted, max(ours, held))

        with suppress(MailerError):
            claimed = partial(ledger.claim, relay=self._relay, liveness=self._liveness)
            self._allowed = await self._ledger.call(partial(claimed, decide=decide))
            self._changed()
