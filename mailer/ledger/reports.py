"""What came back about deliveries: each report once, with what followed from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from mailer.ledger.schema import deliveries, notices, reports
from mailer.model.report import BOUNCES, Report, ReportClass

NOTICES = 0  # stands for a dispatch where a token names a notice: those are numbered from 1
DIALOGUE = "dialogue"  # the way of what a relay said to a copy that has failed for it
# What came back of copies that a relay had taken; the others are counted as failed.
CAME_BACK = reports.c.via != DIALOGUE


@dataclass(frozen=True, slots=True)
class Copy:
    """The delivery or notice that a report is about. `email` is None once its reader is erased;
    `at` is when it was sent, or last tried."""

    dispatch_id: int
    seq: int
    email: str | None
    at: dt.datetime

    @property
    def is_notice(self) -> bool:
        return self.dispatch_id == NOTICES


@dataclass(frozen=True, slots=True)
class Entry:
    """A report as it is kept. `occasion` is the same for one that comes again; `email_key` the
    store's key of the address; `proof` and `effect` are words of mailer/feedback/policy.py."""

    occasion: str
    via: str
    report: Report
    proof: str
    effect: str
    copy: Copy | None
    email_key: str | None


@dataclass(frozen=True, slots=True)
class Open:
    """What an editor has to look at."""

    id: int
    at: dt.datetime
    email_key: str
    kind: ReportClass
    text: str


def copy_of(c: sa.Connection, dispatch_id: int, seq: int) -> Copy | None:
    query = sa.select(deliveries.c.email, deliveries.c.changed_at).where(
        deliveries.c.dispatch_id == dispatch_id, deliveries.c.seq == seq
    )
    if dispatch_id == NOTICES:
        query = sa.select(notices.c.email, notices.c.changed_at).where(notices.c.id == seq)
    row = c.execute(query).one_or_none()
    return None if row is None else Copy(dispatch_id, seq, row.email, row.changed_at)


def is_known(c: sa.Connection, occasion: str) -> bool:
    return c.scalar(sa.select(reports.c.id).where(reports.c.occasion == occasion)) is not None


def note(c: sa.Connection, entry: Entry, at: dt.datetime) -> None:
    copy = None if entry.copy is None or entry.copy.is_notice else entry.copy
    row = {
        "occasion": entry.occasion,
        "at": at,
        "via": entry.via,
        "kind": entry.report.kind,
        "proof": entry.proof,
        "effect": entry.effect,
        "dispatch_id": copy and copy.dispatch_id,
        "seq": copy and copy.seq,
        "email_key": entry.email_key,
        "status": entry.report.status,
        "text": entry.report.text,
    }
    c.execute(reports.insert().values(row))


def in_a_row(c: sa.Connection, email_key: str, since: dt.datetime, effect: str) -> int:
    """How many reports of an effect there were on an address, from `since` on and since the last
    one of another."""
    theirs = reports.c.email_key == email_key
    other = sa.select(sa.func.max(reports.c.id)).where(theirs, reports.c.effect != effect)
    query = sa.select(sa.func.count()).where(
        theirs,
        reports.c.at >= since,
        reports.c.effect == effect,
        reports.c.id > sa.func.coalesce(other.scalar_subquery(), 0),
    )
    return int(c.scalar(query) or 0)


def any_(c: sa.Connection) -> bool:
    """Whether anything ever came back."""
    return c.scalar(sa.select(reports.c.id).where(CAME_BACK).limit(1)) is not None


def counts(c: sa.Connection, dispatch_id: int) -> Mapping[ReportClass, int]:
    """How many copies of a dispatch came back, by class; a copy may be in several."""
    query = (
        sa.select(reports.c.kind, sa.func.count(sa.distinct(reports.c.seq)))
        .where(reports.c.dispatch_id == dispatch_id, CAME_BACK)
        .group_by(reports.c.kind)
    )
    return {ReportClass(kind): number for kind, number in c.execute(query)}


def bounced(c: sa.Connection, dispatch_id: int) -> int:
    """How many copies of a dispatch did not arrive after all, for whatever reason."""
    query = sa.select(sa.func.count(sa.distinct(reports.c.seq))).where(
        reports.c.dispatch_id == dispatch_id, reports.c.kind.in_(BOUNCES), CAME_BACK
    )
    return int(c.scalar(query) or 0)


def open_(c: sa.Connection, effect: str) -> list[Open]:
    """Those with this effect that nobody has seen to, the oldest first."""
    query = sa.select(
        reports.c.id, reports.c.at, reports.c.email_key, reports.c.kind, reports.c.text
    ).where(reports.c.effect == effect, reports.c.settled_at.is_(None))
    return [
        Open(row.id, row.at, row.email_key or "", ReportClass(row.kind), row.text)
        for row in c.execute(query.order_by(reports.c.id))
    ]


def settle(c: sa.Connection, report_id: int, at: dt.datetime) -> bool:
    """Somebody saw to it; False where there was nothing to see to."""
    mine = (reports.c.id == report_id, reports.c.settled_at.is_(None))
    return bool(c.execute(reports.update().where(*mine).values(settled_at=at)).rowcount)


def forget(c: sa.Connection, email_keys: Collection[str]) -> None:
    """The addresses of erased people leave what is kept of reports; the counts stay."""
    mine = reports.update().where(reports.c.email_key.in_(email_keys))
    c.execute(mine.values(email_key=None, text=""))


def returned(c: sa.Connection, dispatch_id: int, first: int, last: int) -> Mapping[int, str]:
    """What came back of the copies numbered from `first` to `last`, by number: class and words."""
    query = sa.select(reports.c.seq, reports.c.kind, reports.c.text).where(
        reports.c.dispatch_id == dispatch_id, reports.c.seq.between(first, last), CAME_BACK
    )
    told: dict[int, str] = {}
    for seq, kind, text in c.execute(query.order_by(reports.c.id)):
        said = f"{kind}: {text}" if text else kind
        told[seq] = f"{told[seq]}; {said}" if seq in told else said
    return told


def people(kinds: tuple[ReportClass, ...] = BOUNCES) -> sa.Select[int]:
    """(subscriber_id) of those a copy to whom came back so, for whoever narrows an audience."""
    return (
        sa.select(deliveries.c.subscriber_id)
        .join(
            reports,
            (reports.c.dispatch_id == deliveries.c.dispatch_id)
            & (reports.c.seq == deliveries.c.seq),
        )
        .where(reports.c.kind.in_(kinds), deliveries.c.subscriber_id.is_not(None))
    )
