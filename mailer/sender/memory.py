"""The transport `memory`: copies are kept in a list. It sends nothing and does as it is told."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from mailer.errors import RelayError
from mailer.model.delivery import Envelope
from mailer.model.outcome import Outcome, Reply, Sent, Skipped
from mailer.sender.transport import Lane, Ready

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

    async def open(self) -> Lane:
        if self.fault is not None:
            raise self.fault
        return MemoryLane(self)

    def take(self, envelope: Envelope) -> Outcome:
        """What a lane does with a copy that may go out."""
        told = self._outcomes.get(envelope.recipient)
        outcome = told.popleft() if told else _SENT
        self.offered.append(envelope)
        if isinstance(outcome, Sent):
            self.envelopes.append(envelope)
        return outcome


class MemoryLane:
    def __init__(self, transport: MemoryTransport) -> None:
        self._transport = transport

    async def submit(self, envelope: Envelope, ready: Ready) -> Outcome:
        if not await ready():
            return Skipped("no longer wanted when its turn came")
        return self._transport.take(envelope)

    async def close(self) -> None:
        """A list needs no farewell."""
