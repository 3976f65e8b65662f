"""Gates: many pass one beside each other, and nobody while it is barred. SQLite has but one writer,
and needs none."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

_ENTER = sa.text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:name, 0))")
_BAR = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


@dataclass(frozen=True, slots=True)
class Gate:
    name: str

    def enter(self, connection: sa.Connection) -> None:
        """Until the transaction ends nobody bars it. Before anything that depends on that is read,
        and before rows are locked that whoever bars it will want."""
        self._say(connection, _ENTER)

    def bar(self, connection: sa.Connection) -> None:
        """Who has entered ends first; nobody enters until the transaction ends."""
        self._say(connection, _BAR)

    def _say(self, connection: sa.Connection, statement: sa.TextClause) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(statement, {"name": self.name})


# Onto the lists on somebody else's word: whoever is let in was compared with who was erased, and
# nobody is erased between the comparison and the entry.
ENTRANCE = Gate("entrance")

# Values of attributes on their way in: they are understood as the definitions say, and no
# definition comes or goes meanwhile.
VALUES = Gate("values")
