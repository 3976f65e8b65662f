"""Which recipient domains take nothing through which relay for now. The domain "*" is the relay's
own trouble."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from mailer.ledger import upsert
from mailer.ledger.schema import rests
from mailer.model.pace import Rest


def load(c: sa.Connection) -> Mapping[tuple[str, str], Rest]:
    """Every rest that is remembered, by relay and domain."""
    return {
        (row.relay, row.domain): Rest(row.strikes, row.until, row.at)
        for row in c.execute(sa.select(rests))
    }


def save(c: sa.Connection, relay: str, domain: str, rest: Rest | None) -> None:
    """Remember it; None forgets it."""
    key = {"relay": relay, "domain": domain}
    if rest is None:
        c.execute(rests.delete().where(rests.c.relay == relay, rests.c.domain == domain))
    else:
        upsert.put(c, rests, key, {"strikes": rest.strikes, "until": rest.until, "at": rest.at})
