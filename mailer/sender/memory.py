"""The transport `memory`: copies are kept in a list. It sends nothing and does as it is told."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping

from mailer.errors import RelayError
from mailer.model.delivery import Envelope
from mailer.model.outcome import Outcome, Reply, Sent
from mailer.sender.transport import Client, Lane

_SENT = Sent(Reply(250, "2.0.0", "kept in memory"))


class MemoryTransport:
    """`outcomes` tells what becomes of each attempt for a recipient, in turn; `Sent` once they
    are used up. `fault`, while it is set, is what opening a lane raises.

    `envelopes` holds every copy that was sent, in order; `offered` every one that was ready.
    """

    def __init__(
        self, outcomes: Mapping[str, Iterable[Outcome]] | None = None, lanes: int = 4
    ) -> None:
        self.name = "memory"
        self.lanes = lanes
        self.fault: RelayError | None = None
        self.envelopes: list[Envelope] = []
        self.offered: list[Envelope] = []
        self._outcomes = {address: deque(told) for address, told in (outcomes or {}).items()}

    async def open(self, client: Client) -> Lane:
        if self.fault is not None:
            raise self.fault
        return MemoryLane(self, client)

    def take(self, envelope: Envelope) -> Outcome:
        """What a lane does with a copy that may go out."""
        told = self._outcomes.get(envelope.recipient)
        outcome = told.popleft() if told else _SENT
        self.offered.append(envelope)
        if isinstance(outcome, Sent):
            self.envelopes.append(envelope)
        return outcome


class MemoryLane:
    """Answers in the next turn of the event loop, as a wire does at best."""

    def __init__(self, transport: MemoryTransport, client: Client) -> None:
        self.good = True
        self._transport = transport
        self._client = client
        self._offered: deque[Envelope] = deque()

    def offer(self, envelope: Envelope) -> None:
        self._offered.append(envelope)

    def hand_over(self) -> None:
        asyncio.get_running_loop().call_soon(self._answer, self._offered.popleft())

    def withdraw(self) -> None:
        self._offered.clear()

    def drop(self) -> None:
        self.good = False

    async def close(self) -> None:
        self.drop()

    def _answer(self, envelope: Envelope) -> None:
        if self.good:
            self._client.settled(self._transport.take(envelope))
