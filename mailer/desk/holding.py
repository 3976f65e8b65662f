"""Where so many readers of one dispatch would be suppressed that a relay or a name server is wrong
rather than they are, nobody is before an editor has agreed."""

from __future__ import annotations

import sqlalchemy as sa

from mailer.errors import NotFound
from mailer.feedback.policy import Effect, are_too_many
from mailer.ledger import holds, letters, reports
from mailer.ledger.holds import Held, Turned
from mailer.ledger.letters import Kind
from mailer.model.report import ReportClass
from mailer.records import Records
from subscribers import returns

NAME = "dispatch"  # what is held is called dispatch-7
_SUPPRESSING = (Effect.SUPPRESSED, Effect.HELD)


def source(kind: ReportClass, dispatch_id: int) -> str:
    """What a suppression for a report on one of its copies names."""
    return f"{kind}, dispatch {dispatch_id}"


def is_due(c: sa.Connection, app: Records, dispatch_id: int) -> bool:
    """Whether one more suppression would be too many."""
    if holds.is_agreed(c, dispatch_id, Effect.SUPPRESSED):
        return False
    hits = holds.count(c, dispatch_id, _SUPPRESSING) + 1
    return are_too_many(hits, holds.total(c, dispatch_id), app.config.bounces.hold_at)


def hold(c: sa.Connection, app: Records, dispatch_id: int) -> None:
    """Take back the suppressions that there were, and have the editor told."""
    turned = holds.turn(c, dispatch_id, Effect.SUPPRESSED, Effect.HELD, settled_at=None)
    keys = [each.email_key for each in turned if each.email_key]
    sources = {source(each.kind, dispatch_id) for each in turned}
    returns.spared(c, keys, sources, app.fingerprint)
    letters.order(c, dispatch_id, Kind.HELD)


def held(c: sa.Connection) -> list[Held]:
    return holds.open_(c, Effect.HELD)


def agree(app: Records, dispatch_id: int) -> int:
    """Suppress them after all; how many were. Raises NotFound."""
    now = app.now()
    with app.database.write() as c:
        turned = holds.turn(c, dispatch_id, Effect.HELD, Effect.SUPPRESSED, now)
        if not turned:
            raise _nothing(dispatch_id)
        return sum(
            returns.bounced(c, each.email_key, source(each.kind, dispatch_id), app.fingerprint, now)
            for each in turned
            if each.email_key and not _has_answered(c, dispatch_id, each)
        )


def dismiss(app: Records, dispatch_id: int) -> int:
    """Suppress nobody for them; how many reports that were. Raises NotFound."""
    with app.database.write() as c:
        turned = holds.turn(c, dispatch_id, Effect.HELD, Effect.HELD, app.now())
    if not turned:
        raise _nothing(dispatch_id)
    return len(turned)


def _has_answered(c: sa.Connection, dispatch_id: int, each: Turned) -> bool:
    copy = reports.copy_of(c, dispatch_id, each.seq)
    key = each.email_key
    return bool(copy and key and returns.has_answered_since(c, key, copy.at))


def _nothing(dispatch_id: int) -> NotFound:
    return NotFound(f"dispatch-{dispatch_id}: nothing of it is held: see `mailer bounce todo`")
