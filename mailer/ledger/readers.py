"""What the ledger knows of readers: queries that others build into their own."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from mailer.ledger.notices import Kind
from mailer.ledger.schema import attempts, deliveries, dispatches, notices, replies, reports
from mailer.model.delivery import Attempt, State
from mailer.model.report import ReportClass


@dataclass(frozen=True, slots=True)
class PersonalCopy:
    """One copy of one person, as its dispatch has it. `at` is when its state last changed,
    `edition_id` what it carried, or will; `attempts` are those that did not end well."""

    dispatch_id: int
    issue_id: str
    list_name: str
    state: State
    at: dt.datetime
    reply: str
    edition_id: int
    attempts: tuple[Attempt, ...]


def copies_of(c: sa.Connection, subscriber_id: int) -> tuple[PersonalCopy, ...]:
    """In the order of the dispatches."""
    query = (
        sa.select(
            deliveries.c.seq,
            *(dispatches.c.id, dispatches.c.issue_id, dispatches.c.list_name),
            *(deliveries.c.state, deliveries.c.changed_at, deliveries.c.reply),
            sa.func.coalesce(deliveries.c.edition_id, dispatches.c.edition_id),
        )
        .join_from(deliveries, dispatches)
        .where(deliveries.c.subscriber_id == subscriber_id)
        .order_by(dispatches.c.id)
    )
    stories = _attempts(c, deliveries.c.subscriber_id == subscriber_id)
    return tuple(
        PersonalCopy(
            *(number, issue, list_name, State(state), at, reply, edition_id),
            tuple(stories.get((number, seq), ())),
        )
        for seq, number, issue, list_name, state, at, reply, edition_id in c.execute(query)
    )


def _attempts(
    c: sa.Connection, which: sa.ColumnElement[bool]
) -> Mapping[tuple[int, int], Sequence[Attempt]]:
    """By dispatch and delivery."""
    of_copy = (
        deliveries.c.dispatch_id == attempts.c.dispatch_id,
        deliveries.c.seq == attempts.c.seq,
    )
    fields = (attempts.c[each.name] for each in dataclasses.fields(Attempt))
    query = (
        sa.select(attempts.c.dispatch_id, attempts.c.seq, *fields)
        .join_from(attempts, deliveries, sa.and_(*of_copy))
        .where(which)
        .order_by(*attempts.primary_key)
    )
    found: defaultdict[tuple[int, int], list[Attempt]] = defaultdict(list)
    for dispatch_id, seq, *said in c.execute(query):
        found[dispatch_id, seq].append(Attempt(*said))
    return found


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


@dataclass(frozen=True, slots=True)
class PersonalMail:
    """One that a person waited for: a confirmation, say. `at` is when it was asked for."""

    at: dt.datetime
    kind: Kind
    state: State
    reply: str


def reports_of(c: sa.Connection, email_keys: Collection[str]) -> tuple[PersonalReport, ...]:
    columns = (reports.c[name] for name in ("at", "kind", "effect", "status", "text"))
    query = sa.select(*columns).where(reports.c.email_key.in_(email_keys)).order_by(reports.c.id)
    return tuple(
        PersonalReport(at, ReportClass(kind), effect, status, text)
        for at, kind, effect, status, text in c.execute(query)
    )


def letters_of(c: sa.Connection, email_keys: Collection[str]) -> tuple[PersonalLetter, ...]:
    columns = (replies.c[name] for name in ("at", "subject", "content"))
    mine = sa.func.lower(replies.c.sender).in_(email_keys)
    query = sa.select(*columns).where(mine).order_by(replies.c.id)
    return tuple(
        PersonalLetter(at, subject, (content or b"").decode(errors="replace"))
        for at, subject, content in c.execute(query)
    )


def mails_of(c: sa.Connection, email_keys: Collection[str]) -> tuple[PersonalMail, ...]:
    """All are looked through, which takes its time."""
    columns = (notices.c[name] for name in ("created_at", "kind", "state", "reply"))
    mine = sa.func.lower(notices.c.email).in_(email_keys)
    query = sa.select(*columns).where(mine).order_by(notices.c.id)
    return tuple(
        PersonalMail(at, Kind(kind), State(state), reply)
        for at, kind, state, reply in c.execute(query)
    )


def received(issue_id: str | None) -> sa.Select[int]:
    """(subscriber_id) of those who were sent a copy of an issue, or (None) of any."""
    sent = (deliveries.c.state == State.SENT, deliveries.c.subscriber_id.is_not(None))
    query = sa.select(deliveries.c.subscriber_id).where(*sent)
    if issue_id is None:
        return query
    its = sa.select(dispatches.c.id).where(dispatches.c.issue_id == issue_id)
    return query.where(deliveries.c.dispatch_id.in_(its))
