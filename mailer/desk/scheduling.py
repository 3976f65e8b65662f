"""Sends that begin later, or that the workers do."""

from __future__ import annotations

import datetime as dt

from mailer.app import App
from mailer.desk import offer, probe, translating
from mailer.desk.composition import Composition
from mailer.desk.offer import Move, Offer
from mailer.desk.proof import Mailing, prove
from mailer.errors import DatabaseError, MailerError, UsageError
from mailer.ledger import control, editions, plan, schedule, status, workers
from mailer.ledger.schedule import Due
from mailer.model.delivery import DispatchStatus
from subscribers.errors import SubscribersError


def require_worker(app: App) -> None:
    """Raises UsageError where no worker is there that would begin a dispatch at its time."""
    with app.database.read() as c:
        seen = workers.seen_lately(c)
    if not seen:
        raise UsageError(
            "--at: no worker was seen in the last minute: start `mailer worker`, then repeat the "
            "command"
        )


def schedule_at(app: App, composition: Composition, made: Offer, when: dt.datetime) -> int:
    """Freeze the edition now, for an audience that is picked at `when`; or move the time of what
    was scheduled. Returns the dispatch's id.

    Raises UsageError as `require_worker` does, Unreachable where what the readers will ask for does
    not answer.
    """
    require_worker(app)
    probe.before_sending(app, made.edition, composition.pictures)
    with app.database.write() as c:
        if made.began is None:
            order = offer.stored(c, app, composition, made)
            return schedule.schedule(c, order, when, app.now(), app.actor)
        if made.move is not Move.START:
            raise UsageError(f"--at: dispatch {made.began.id} has begun already")
        schedule.move(c, made.began.id, when, app.actor)
        return made.began.id


def hand_over(app: App, dispatch_id: int) -> None:
    """Let the workers send it."""
    with app.database.write() as c:
        schedule.hand_over(c, dispatch_id, app.actor)
        app.engine.enqueue(c, dispatch_id)


def begin_due(app: App, due: Due) -> DispatchStatus:
    """Begin a dispatch whose time has come, unless somebody else was quicker; its status then. What
    stands in the way pauses it, and the editor is told."""
    if due.missed:
        when = due.scheduled_at.astimezone(app.timezone)
        _pause(app, due, f"it was to begin on {when:%d %b %Y at %H:%M}, when no worker was there")
    else:
        try:
            _begin(app, due.dispatch_id)
        except DatabaseError:  # it heals, and its time is still come
            raise
        except (MailerError, SubscribersError) as error:
            _pause(app, due, str(error))
    with app.database.read() as c:
        return status.status(c, due.dispatch_id)


def _begin(app: App, dispatch_id: int) -> None:
    with app.database.read() as c:
        order = plan.order_of(c, dispatch_id)
        edition = editions.load(c, order.edition_id)
        pictures = editions.carried(c, edition)
        audience = offer.audience_of(app, order, edition)
        people = plan.people(c, audience, order)
        count = plan.size(c, people)
    prove(app, Mailing(edition, pictures, offer.header_of(app, order), people, count))
    probe.before_sending(app, edition, ())
    with app.database.write() as c:
        if plan.start(c, dispatch_id, audience, app.now(), None):
            app.engine.enqueue(c, dispatch_id)
            offer.note_begun(c, app, dispatch_id)
            translating.show_pages(c, app, edition, pictures)


def _pause(app: App, due: Due, reason: str) -> None:
    with app.database.write() as c:
        control.pause_for_fault(c, due.dispatch_id, " ".join(reason.split()))
