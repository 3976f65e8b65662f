"""No engine but the ledger: each worker looks there for itself, on either database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from mailer.database import Database
from mailer.ledger import agenda, clock
from mailer.ledger.agenda import Agenda
from mailer.sender.supply import FromLedger, Supply


@dataclass(frozen=True, slots=True)
class Inline:
    """An `Engine`, and the `Feed` of every worker."""

    database: Database

    def enqueue(self, _c: sa.Connection, _dispatch_id: int) -> None:
        """The ledger has it."""

    def feed(self, _tell: Callable[[str], None]) -> Inline:
        return self

    def agenda(self) -> Agenda:
        with self.database.read() as c:
            return agenda.agenda(c, clock.now(c))

    def supply(self, dispatch_id: int) -> Supply:
        return FromLedger(dispatch_id)

    def close(self) -> None:
        """It took nothing."""
