"""Taking a segment away, unless a send still waits for it."""

from __future__ import annotations

from mailer.errors import UsageError
from mailer.ledger import status
from mailer.model.delivery import DispatchState
from mailer.records import Records

_TO_CHOOSE = (DispatchState.SCHEDULED, DispatchState.PAUSED)


def drop(app: Records, name: str) -> None:
    """Raises UnknownSegment, and UsageError where a dispatch is yet to choose its readers by it."""
    app.store.segments.named(name)
    with app.database.read() as c:
        waiting = [
            each.id
            for each in status.statuses(c)
            if each.segment == name and each.started_at is None and each.state in _TO_CHOOSE
        ]
    if waiting:
        raise UsageError(
            f"dispatch {waiting[0]} will go to the segment {name}: `mailer dispatch cancel "
            f"{waiting[0]}` first"
        )
    app.store.segments.drop(name)
