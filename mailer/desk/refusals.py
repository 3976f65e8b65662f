"""Whose address a relay called dead while it was given the copy: they are suppressed as they would
be for a report, and under the same guard. Who failed for any other reason is not."""

from __future__ import annotations

from mailer.app import App
from mailer.desk import returns
from mailer.feedback.classifying.classify import classify
from mailer.feedback.notice import Notice, Said
from mailer.feedback.parsing.own import Mark
from mailer.feedback.parsing.parse import Returned
from mailer.ledger import control, reports
from mailer.ledger.reports import Refused
from mailer.message.verp import DeliveryKey
from mailer.model.delivery import State
from mailer.model.report import Report, ReportClass

_AT_ONCE = 200  # in one transaction


def take_in(app: App, dispatch_id: int) -> None:
    """Idempotent; also where several senders do it at once. A relay that has taken no copy at all
    proves nothing about readers. Raises DatabaseError."""
    after: int | None = 0
    while after is not None:
        after = _taken(app, dispatch_id, after)


def _taken(app: App, dispatch_id: int, after: int) -> int | None:
    """Take in those behind that delivery, as many as go into a transaction; the last one's."""
    with app.database.write() as c:
        counts = control.held(c, dispatch_id).counts
        if not (counts[State.FAILED] and counts[State.SENT]):
            return None
        found = reports.refused(c, dispatch_id, after, _AT_ONCE)
        for each in found:
            report = _report(each)
            if report.kind is ReportClass.DEAD:
                returned = Returned((report,), Mark(delivery=DeliveryKey(dispatch_id, each.seq)))
                returns.settle(c, app, returned, returns.Post(b"", returns.Via.DIALOGUE))
        return found[-1].seq if found else None


def _report(refused: Refused) -> Report:
    """It was said to RCPT or to the whole message, which is not on record: what counts is what
    would count of either."""
    said = (refused.enhanced, refused.code, refused.text, "", Said.MESSAGE, True)
    kind = classify(Notice(refused.email, refused.email, *said))
    return Report(refused.email, kind, refused.email, refused.enhanced, refused.text)
