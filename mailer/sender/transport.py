"""The border between dispatch and wire: a transport opens lanes, a lane takes copies.

A lane holds two copies at most: one whose body is on its way, and behind it one whose envelope is.
What becomes of them is told by callbacks, in the order in which they were offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mailer.model.delivery import Envelope
from mailer.model.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Loss:
    """A lane is gone. `outcome` is what that makes of the copy on offer, if there is one; with
    `again` nothing is held against that copy, and it may be offered once more on a new lane."""

    outcome: Outcome | None
    again: bool


class Client(Protocol):
    """Who uses a lane. It is called from the event loop, also while it calls the lane."""

    def settled(self, outcome: Outcome) -> None:
        """What became of the copy that was handed over."""
        ...

    def lost(self, loss: Loss) -> None:
        """The lane ended, not by our wish; a copy whose body was on its way is settled by then."""
        ...


class Lane(Protocol):
    """One connection's worth of work."""

    @property
    def good(self) -> bool:
        """Whether it can take another copy."""
        ...

    def offer(self, envelope: Envelope) -> None:
        """Put an envelope in flight, at the latest together with the end of the body before it.

        Nothing of the body leaves before `hand_over`, and nothing is told of the copy.
        """
        ...

    def hand_over(self) -> None:
        """The copy on offer may leave. Its body goes as soon as the relay is ready for it; if
        another was offered meanwhile, that one's envelope goes with it. `settled` will be called,
        or `lost`; a copy that was refused is settled now."""
        ...

    def withdraw(self) -> None:
        """The copy on offer is not wanted: nothing of it counts as submitted. The lane may be
        lost over it (`good`), which is not told."""
        ...

    def drop(self) -> None:
        """Close without a word. What was not handed over to its last octet never will be; nothing
        more is told."""
        ...

    async def close(self) -> None:
        """Take leave politely, and drop. Raises nothing, and may be called again."""
        ...


class Transport(Protocol):
    """`name` is what a person reads; `lanes` is how many may be open at a time."""

    @property
    def name(self) -> str: ...

    @property
    def lanes(self) -> int: ...

    async def open(self, client: Client) -> Lane:
        """A lane that is ready for a copy.

        Raises RelayUnavailable (for now) or RelayRefused (until somebody mends it).
        """
        ...
