"""Whose address a relay called dead while it was given the copy: they are suppressed as they would
be for a report, and under the same guard. Who failed for any other reason is not."""

from __future__ import annotations

import sqlalchemy as sa

from mailer.app import App
from mailer.desk import returns
from mailer.feedback.classifying.classify import classify
from mailer.feedback.notice import Notice, Said
from mailer.feedback.parsing.own import Mark
from mailer.feedback.parsing.parse import Returned
from mailer.ledger import control, refusals
from mailer.ledger.refusals import Refused
from mailer.message.verp import DeliveryKey
from mailer.model.report import Report, ReportClass

_AT_ONCE = 200  # in one transaction


def take_in(app: App, dispatch_id: int | None = None) -> None:
    """Of this dispatch, and of those that nobody sends: whoever sent them could not. Each is looked
    at once, also where several do it at a time. Raises DatabaseError; what is left then, whoever is
    next takes in."""
    with app.database.read() as c:
        found = refusals.to_read(c, dispatch_id)
    for each in found:
        while _some_taken(app, each):
            pass


def _some_taken(app: App, dispatch_id: int) -> bool:
    """As many as go into a transaction; False where there was none. One at a time does it of a
    dispatch, so that all of them are counted together."""
    with app.database.write() as c:
        control.held(c, dispatch_id)
        found = refusals.read(c, dispatch_id, _AT_ONCE)
        for refused in found:
            if refused.email is not None:
                _take(c, app, dispatch_id, refused.seq, _report(refused, refused.email))
        return bool(found)


def _take(c: sa.Connection, app: App, dispatch_id: int, seq: int, report: Report) -> None:
    if report.kind is ReportClass.DEAD:
        returned = Returned((report,), Mark(delivery=DeliveryKey(dispatch_id, seq)))
        returns.settle(c, app, returned, returns.Post(b"", returns.Via.DIALOGUE))


def _report(refused: Refused, email: str) -> Report:
    """It was said to RCPT or to the whole message, which is not on record: what counts is what
    would count of either."""
    said = (refused.enhanced, refused.code, refused.text, "", Said.MESSAGE, True)
    kind = classify(Notice(email, email, *said))
    return Report(email, kind, email, refused.enhanced, refused.text)
