"""What an editor asks about dispatches, and decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing

from mailer.errors import DatabaseError
from mailer.ledger import control, events, figures, progress, shards, status, workers
from mailer.ledger.due import due_from
from mailer.ledger.events import Event
from mailer.ledger.figures import Refusal
from mailer.model.delivery import BY_THE_EDITOR, DeliveryRow, DispatchStatus, Pace, State
from mailer.records import Records


def listed(app: Records) -> list[DispatchStatus]:
    """Every dispatch, the latest first."""
    with app.database.read() as c:
        return status.statuses(c)


def of(app: Records, dispatch_id: int | None = None) -> DispatchStatus:
    """One dispatch, by default the latest, as it is now; raises NotFound."""
    with app.database.read() as c:
        found = status.status(c, dispatch_id)
    try:
        return recover(app, found.id)
    except (DatabaseError, OSError):  # it can be looked at where it cannot be written
        return found


def recover(app: Records, dispatch_id: int) -> DispatchStatus:
    """The status, once the copies of senders that died are told as uncertain."""
    with closing(app.liveness()) as liveness, app.database.write() as c:
        shards.recover(c, dispatch_id, liveness, app.now())
        return status.status(c, dispatch_id)


def copies(app: Records, dispatch_id: int, state: State | None) -> Iterator[DeliveryRow]:
    """Every delivery in order, read page by page: no cursor stays open while somebody reads.

    Raises NotFound.
    """
    with app.database.read() as c:
        status.status(c, dispatch_id)
    return _pages(app, dispatch_id, state)


def _pages(app: Records, dispatch_id: int, state: State | None) -> Iterator[DeliveryRow]:
    after = 0
    while True:
        with app.database.read() as c:
            page = status.copies(c, dispatch_id, state, after)
        if not page:
            return
        yield from page
        after = page[-1].seq


def next_due(app: Records, dispatch_id: int) -> dt.datetime | None:
    """When the first of its deferred copies may be tried again, in the publication's time."""
    with app.database.read() as c:
        due = status.next_due(c, dispatch_id)
    return due_from(due, app.now()).astimezone(app.timezone) if due else None


def pace(app: Records, dispatch: DispatchStatus) -> Pace | None:
    """How fast it goes, None while nobody sends it."""
    with app.database.read() as c:
        return progress.pace(c, dispatch)


def refusals(app: Records, dispatch_id: int) -> list[Refusal]:
    """Why copies failed, the most frequent reason first. Rows are counted: not for polls."""
    with app.database.read() as c:
        return figures.refusals(c, dispatch_id)


def worker_seen(app: Records) -> bool:
    """Whether a worker was at work within the last minute."""
    with app.database.read() as c:
        return workers.seen_lately(c)


def log(app: Records, dispatch_id: int | None) -> list[Event]:
    """Who did what, of one dispatch or all, in order; raises NotFound."""
    with app.database.read() as c:
        if dispatch_id is not None:
            status.status(c, dispatch_id)
        return events.listed(c, dispatch_id)


def resolve(app: Records, dispatch_id: int, to: State) -> int:
    """Decide what is uncertain (see `control.resolve`); returns how many copies that were."""
    recover(app, dispatch_id)
    with app.database.write() as c:
        decided = control.resolve(c, dispatch_id, to, app.now(), app.actor)
        control.finish_if_settled(c, dispatch_id, app.now())
        return decided


def pause(app: Records, dispatch_id: int) -> DispatchStatus:
    with app.database.write() as c:
        control.pause(c, dispatch_id, BY_THE_EDITOR, app.actor)
        return status.status(c, dispatch_id)


def resume(app: Records, dispatch_id: int) -> DispatchStatus:
    with app.database.write() as c:
        control.resume(c, dispatch_id, app.actor)
        return status.status(c, dispatch_id)


def cancel(app: Records, dispatch_id: int) -> DispatchStatus:
    with app.database.write() as c:
        control.cancel(c, dispatch_id, app.now(), app.actor)
        return status.status(c, dispatch_id)
