"""The border between dispatch and wire: a transport opens lanes, a lane takes copies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from mailer.model.delivery import Envelope
from mailer.model.outcome import Outcome

Ready = Callable[[], Awaitable[bool]]


class Lane(Protocol):
    """One connection's worth of work, used by one task at a time."""

    async def submit(self, envelope: Envelope, ready: Ready) -> Outcome:
        """Submit one copy and return what became of it.

        `ready` is called once, while the envelope is in flight; the body leaves only after it
        returned True. When it returns False nothing of the copy leaves and the outcome is
        `Skipped`; what it raises is raised here, and again nothing leaves. A lane that has lost
        its connection opens a new one first: that may raise RelayUnavailable or RelayRefused,
        in which case `ready` was not called; once it was, neither is raised. When the task is
        cancelled before the final dot was written, nothing of the copy counts as submitted
        (RFC 5321 §4.1.1.4), and `ready` is cancelled with it.
        """
        ...

    async def close(self) -> None:
        """Take leave politely. Raises nothing, and may be called again."""
        ...


class Transport(Protocol):
    """`name` is what a person reads; `lanes` is how many may be open at a time."""

    @property
    def name(self) -> str: ...

    @property
    def lanes(self) -> int: ...

    async def open(self) -> Lane:
        """A lane that is ready to submit.

        Raises RelayUnavailable (for now) or RelayRefused (until somebody mends it).
        """
        ...
