"""Who approved which edition, and when. The latest word about an issue in a language holds, until a
reviewer sends that edition back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from mailer.ledger import reviews as asked
from mailer.ledger.schema import approvals, editions, reviews
from mailer.model.approval import Approval
from mailer.model.edition import Edition


def approve(
    c: sa.Connection,
    edition: Edition,
    edition_id: int,
    by: str,
    at: dt.datetime,
    review_id: int | None = None,
) -> bool:
    """Approve a stored edition; False where that is this person's word already. No open question
    about another edition of the issue in this language can be answered any longer."""
    asked.withdraw_others(c, edition, edition_id, at)
    now = in_force(c, edition.issue_id, edition.lang)
    if now is not None and (now.version, now.by) == (edition.content_hash, by):
        return False
    row = {
        "issue_id": edition.issue_id,
        "lang": edition.lang,
        "edition_id": edition_id,
        "approved_by": by,
        "approved_at": at,
        "review_id": review_id,
    }
    c.execute(approvals.insert().values(row))
    return True


def end(c: sa.Connection, edition_id: int, review_id: int) -> None:
    """This review sent the edition back: who approved it before has to do so anew."""
    mine = (approvals.c.edition_id == edition_id, approvals.c.ended_by.is_(None))
    c.execute(approvals.update().where(*mine).values(ended_by=review_id))


def in_force(c: sa.Connection, issue_id: str, lang: str) -> Approval | None:
    word = latest(c, issue_id, lang)
    return None if word is None or word.ended_by is not None else word


def latest(c: sa.Connection, issue_id: str, lang: str) -> Approval | None:
    """The last approval, whether or not it was ended."""
    return next(iter(of_issue(c, issue_id, lang)), None)


def of_issue(c: sa.Connection, issue_id: str, lang: str) -> list[Approval]:
    """Every approval of the issue in this language, the latest first."""
    same = (approvals.c.issue_id == issue_id, approvals.c.lang == lang)
    return _found(c, _query().where(*same).order_by(approvals.c.id.desc()))


def all_in_force(c: sa.Connection) -> list[Approval]:
    """That of each issue and language which has one."""
    last = sa.select(sa.func.max(approvals.c.id)).group_by(approvals.c.issue_id, approvals.c.lang)
    return _found(c, _query().where(approvals.c.id.in_(last), approvals.c.ended_by.is_(None)))


def of_version(c: sa.Connection, version: str) -> Approval | None:
    """The latest approval of exactly this edition."""
    mine = editions.c.content_hash == version
    found = _found(c, _query().where(mine).order_by(approvals.c.id.desc()).limit(1))
    return found[0] if found else None


def _query() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            approvals.c.issue_id,
            approvals.c.lang,
            editions.c.content_hash,
            approvals.c.approved_by,
            approvals.c.approved_at,
            reviews.c.reviewer,
            reviews.c.comment,
        )
        .join_from(approvals, editions, approvals.c.edition_id == editions.c.id)
        .outerjoin(reviews, approvals.c.ended_by == reviews.c.id)
    )


def _found(c: sa.Connection, query: sa.Select[*tuple[Any, ...]]) -> list[Approval]:
    return [Approval(*row) for row in c.execute(query)]
