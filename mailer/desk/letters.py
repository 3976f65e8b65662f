"""Letters to the editor: what is due is written and mailed, through the same relay as any copy.

They never disturb a dispatch: what cannot be mailed is told, and tried again later.
"""

from __future__ import annotations

from collections.abc import Callable

from mailer.app import App
from mailer.desk import night_letter, post
from mailer.desk.night_letter import Night
from mailer.errors import DatabaseError
from mailer.ledger import editions, letters, plan, reports, status, workers
from mailer.ledger.letters import Letter
from mailer.model.report import ReportClass
from subscribers import departures


def mail_due(app: App, tell: Callable[[str], None], dispatch_id: int | None = None) -> None:
    """Mail every letter that is due, about one dispatch or any. `tell` gets a line for each."""
    try:
        while (letter := _claimed(app, dispatch_id)) is not None:
            about = f"dispatch {letter.dispatch_id}: " if dispatch_id is None else ""
            came_of_it = _mail(app, letter)
            if came_of_it:
                tell(f"{about}letter to the editor ({letter.kind}): {came_of_it}")
    except DatabaseError as error:
        tell(f"letter to the editor: put off: {error}")


def _claimed(app: App, dispatch_id: int | None) -> Letter | None:
    with app.database.write() as c:
        return letters.claim(c, dispatch_id)


def _mail(app: App, letter: Letter) -> str:
    """What came of it; nothing where no editor is named who would read it."""
    editor = app.config.publication.editor
    if editor is None:
        with app.database.write() as c:
            letters.drop(c, letter)
        return ""
    trouble = post.mail(app, editor, night_letter.write(_night(app, letter)))
    with app.database.write() as c:
        if trouble:
            letters.not_mailed(c, letter, trouble)
        else:
            letters.mailed(c, letter)
    return f"not sent: {trouble}" if trouble else "sent"


def _night(app: App, letter: Letter) -> Night:
    """What the ledger and the subscriber store say of it now."""
    publication = app.config.publication
    with app.database.read() as c:
        now = status.status(c, letter.dispatch_id)
        order = plan.order_of(c, letter.dispatch_id)
        since = now.started_at or now.created_at
        left = departures.unsubscribed_since(order.list_ref, since)
        came_back = reports.counts(c, letter.dispatch_id)
        return Night(
            kind=letter.kind,
            publication=publication.name,
            lang=publication.lang,
            zone=app.timezone,
            title=editions.load(c, order.edition_id).title,
            status=now,
            left=status.among(c, letter.dispatch_id, left),
            bounced=reports.bounced(c, letter.dispatch_id),
            complained=came_back.get(ReportClass.COMPLAINT, 0),
            due=status.next_due(c, letter.dispatch_id),
            worker=workers.seen_lately(c),
            now=app.now(),
        )
