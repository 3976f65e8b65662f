"""What the ledger knows of readers: queries that others build into their own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from mailer.ledger.schema import deliveries, dispatches, replies, reports
from mailer.model.delivery import State
from mailer.model.report import ReportClass


@dataclass(frozen=True, slots=True)
class PersonalCopy:
    """One copy of one person, as its dispatch has it. `at` is when its state last changed,
    `edition_id` what it carried, or will."""

    dispatch_id: int
    issue_id: str
    list_name: str
    state: State
    at: dt.datetime
    reply: str
    edition_id: int


def copies_of(c: sa.Connection, subscriber_id: int) -> tuple[PersonalCopy, ...]:
    """In the order of the dispatches."""
    query = (
        sa.select(
            *(dispatches.c.id, dispatches.c.issue_id, dispatches.c.list_name),
            *(deliveries.c.state, deliveries.c.changed_at, deliveries.c.reply),
            sa.func.coalesce(deliveries.c.edition_id, dispatches.c.edition_id),
        )
        .join_from(deliveries, dispatches)
        .where(deliveries.c.subscriber_id == subscriber_id)
        .order_by(dispatches.c.id)
    )
    return tuple(
        PersonalCopy(number, issue, list_name, State(state), at, reply, edition_id)
        for number, issue, list_name, state, at, reply, edition_id in c.execute(query)
    )


@dataclass(frozen=True, slots=True)
class PersonalReport:
    """What came back about one person's copies."""

    at: dt.datetime
    kind: ReportClass
    effect: str
    status: str
    text: str


@dataclass(frozen=True, slots=True)
class PersonalLetter:
    """What one person wrote to the return path; `content` is empty once it was handed on."""

    at: dt.datetime
    subject: str
    content: str


def reports_of(c: sa.Connection, email_key: str) -> tuple[PersonalReport, ...]:
    columns = (reports.c[name] for name in ("at", "kind", "effect", "status", "text"))
    query = sa.select(*columns).where(reports.c.email_key == email_key).order_by(reports.c.id)
    return tuple(
        PersonalReport(at, ReportClass(kind), effect, status, text)
        for at, kind, effect, status, text in c.execute(query)
    )


def letters_of(c: sa.Connection, email_key: str) -> tuple[PersonalLetter, ...]:
    columns = (replies.c[name] for name in ("at", "subject", "content"))
    mine = sa.func.lower(replies.c.sender) == email_key
    query = sa.select(*columns).where(mine).order_by(replies.c.id)
    return tuple(
        PersonalLetter(at, subject, (content or b"").decode(errors="replace"))
        for at, subject, content in c.execute(query)
    )


def received(issue_id: str | None) -> sa.Select[int]:
    """(subscriber_id) of those who were sent a copy of an issue, or (None) of any."""
    sent = (deliveries.c.state == State.SENT, deliveries.c.subscriber_id.is_not(None))
    query = sa.select(deliveries.c.subscriber_id).where(*sent)
    if issue_id is None:
        return query
    its = sa.select(dispatches.c.id).where(dispatches.c.issue_id == issue_id)
    return query.where(deliveries.c.dispatch_id.in_(its))
