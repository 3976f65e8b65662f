"""Word of what an editor does to a dispatch, or to a relay, for a run of it that is under way.

The next mark tells a run that sends of a pause or a correction; one that waits for a limit, a rest
or a relay has to look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress

from mailer.database import Database
from mailer.errors import DatabaseError
from mailer.ledger import rests, status


async def heed(
    database: Database,
    dispatch_id: int,
    edition_id: int,
    every: float,
    drained: Callable[[Collection[str]], None],
) -> None:
    """Return once the dispatch is open no longer, or goes on with another edition; `drained` gets
    the names of the relays that are out of use. It is looked at `every` so many seconds. A database
    in trouble says nothing, which its writer tells."""

    def look() -> tuple[bool, Collection[str]]:
        with database.read() as c:
            return status.sends(c, dispatch_id, edition_id), rests.drained(c)

    sends = True
    while sends:
        await asyncio.sleep(every)
        with suppress(DatabaseError):
            sends, names = await asyncio.to_thread(look)
            drained(names)
