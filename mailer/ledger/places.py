"""Connections to a relay that takes so many from all senders together: who holds how many.

Who may have how many is decided above (sender/throttle/places.py); this is where it stands. What a
dead sender held is free again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import sqlalchemy as sa

from mailer.ledger import upsert
from mailer.ledger.alone import alone
from mailer.ledger.liveness import Liveness
from mailer.ledger.schema import places
from mailer.model.pace import Claim


def claim(
    c: sa.Connection,
    relay: str,
    liveness: Liveness,
    decide: Callable[[Mapping[str, Claim]], tuple[int, Claim]],
) -> int:
    """`decide` is given the claims of the other senders, and says how many we may have, which is
    returned, and what our claim is by now."""
    alone(c, f"places {relay}")
    others = {}
    for row in c.execute(sa.select(places).where(places.c.relay == relay)).all():
        if not liveness.alive(row.sender):
            give_back(c, relay, row.sender)
        elif row.sender != liveness.name:
            others[row.sender] = Claim(row.wanted, row.holds)
    allowed, ours = decide(others)
    key = {"relay": relay, "sender": liveness.name}
    upsert.put(c, places, key, {"wanted": ours.wanted, "holds": ours.holds})
    return allowed


def give_back(c: sa.Connection, relay: str, sender: str) -> None:
    c.execute(places.delete().where(places.c.relay == relay, places.c.sender == sender))
