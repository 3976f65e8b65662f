"""Which recipient domains take nothing through which relay for now. The domain "*" is the relay's
own trouble; "-" is nobody's: whoever looks after the relay has drained it, until it is restored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa

from mailer.ledger import clock, upsert
from mailer.ledger.schema import rests
from mailer.model.pace import Rest

ITSELF, DRAINED = "*", "-"


def load(c: sa.Connection) -> Mapping[tuple[str, str], Rest]:
    """Every rest that is remembered, by relay and domain; drained relays are none."""
    return {
        (row.relay, row.domain): Rest(row.strikes, row.until, row.at)
        for row in c.execute(sa.select(rests).where(rests.c.domain != DRAINED))
    }


def drained(c: sa.Connection) -> Mapping[str, dt.datetime]:
    """The relays that are to get nothing, and since when."""
    query = sa.select(rests.c.relay, rests.c.at).where(rests.c.domain == DRAINED)
    return {row.relay: row.at for row in c.execute(query)}


def drain(c: sa.Connection, relay: str) -> None:
    """Senders see it within a second or two, on whatever machine."""
    now = clock.now(c)
    save(c, relay, DRAINED, Rest(0, now, now))


def restore(c: sa.Connection, relay: str) -> bool:
    """Whether it was drained."""
    mine = (rests.c.relay == relay, rests.c.domain == DRAINED)
    return c.execute(rests.delete().where(*mine)).rowcount > 0


def save(c: sa.Connection, relay: str, domain: str, rest: Rest | None) -> None:
    """Remember it; None forgets it."""
    key = {"relay": relay, "domain": domain}
    if rest is None:
        c.execute(rests.delete().where(rests.c.relay == relay, rests.c.domain == domain))
    else:
        upsert.put(c, rests, key, {"strikes": rest.strikes, "until": rest.until, "at": rest.at})
