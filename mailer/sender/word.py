"""Word of what an editor does to a dispatch, for a run of it that asks for no marks just now."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from mailer.database import Database
from mailer.errors import DatabaseError
from mailer.ledger import status


async def ended(database: Database, dispatch_id: int, edition_id: int, every: float) -> None:
    """Return once the dispatch is open no longer, or goes on with another edition; it is looked at
    `every` so many seconds. A database in trouble says nothing, which its writer tells."""

    def sends() -> bool:
        with database.read() as c:
            return status.sends(c, dispatch_id, edition_id)

    while True:
        await asyncio.sleep(every)
        with suppress(DatabaseError):
            if not await asyncio.to_thread(sends):
                return
