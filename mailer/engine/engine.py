"""What every engine does: it says which worker does what, and when.

The ledger says what there is to do, and it alone decides who may: an engine that forgets something,
or gives it to two, costs time and no more (docs/delivery-states.md).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import sqlalchemy as sa

from mailer.ledger.agenda import Agenda
from mailer.sender.supply import Supply


class Feed(Protocol):
    """What one worker gets to do."""

    def agenda(self) -> Agenda:
        """What it is to do now; asked once a second. Raises DatabaseError."""
        ...

    def supply(self, dispatch_id: int) -> Supply:
        """The shards for its runs of a dispatch that stood in an agenda."""
        ...

    def close(self) -> None:
        """It takes nothing more; what was not begun is for others."""
        ...


class Engine(Protocol):
    """Of one publication."""

    def enqueue(self, c: sa.Connection, dispatch_id: int) -> None:
        """A dispatch has become the workers', in this transaction."""
        ...

    def feed(self, tell: Callable[[str], None]) -> Feed:
        """For a worker that begins; `tell` gets lines for its log."""
        ...
