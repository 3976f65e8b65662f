"""Over one connection and outside the ledger: test copies, letters, or nothing but a greeting."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.errors import RelayError
from mailer.model.delivery import Envelope
from mailer.model.outcome import Outcome
from mailer.sender.courier import Answer, Courier, Round
from mailer.sender.transport import Transport
from mailer.sender.watched import watched


@dataclass(slots=True)
class Submission:
    envelope: Envelope
    outcome: Outcome | None = None


class Handful:
    """What `courier.Work` asks for, with nothing behind it."""

    def __init__(self, envelopes: Sequence[Envelope]) -> None:
        self.copies = [Submission(envelope) for envelope in envelopes]
        self._left = deque(self.copies)

    def take(self) -> Submission | None:
        return self._left.popleft() if self._left else None

    async def more(self) -> bool:
        return bool(self._left)

    def ask(self, _copy: Submission, answer: Answer) -> None:
        asyncio.get_running_loop().call_soon(answer, True)

    def settle(self, copy: Submission, outcome: Outcome) -> None:
        copy.outcome = outcome

    def put_back(self, copy: Submission) -> None:
        self._left.appendleft(copy)


def submit_some(
    transport: Transport, envelopes: Sequence[Envelope]
) -> tuple[list[Outcome | None], RelayError | None]:
    """What became of each, None of those that were not tried; and what kept us from the relay."""
    handful, trouble = Handful(envelopes), None
    try:
        asyncio.run(watched(Courier(Round(transport, handful)).work()))
    except RelayError as error:
        trouble = error
    return [copy.outcome for copy in handful.copies], trouble


def greet(transport: Transport) -> None:
    """Connect, and take leave; raises RelayError."""
    asyncio.run(_greet(transport))


async def _greet(transport: Transport) -> None:
    lane = await transport.open(Courier(Round(transport, Handful(()))))
    await lane.close()
