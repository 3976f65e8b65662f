"""Reviews: who was asked about which edition, what they said, and whether that was told."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from mailer.ledger.schema import editions, reviews
from mailer.model.approval import Review, ReviewState
from mailer.model.edition import Edition


@dataclass(frozen=True, slots=True)
class Request:
    """What a colleague is asked; fields as in `Review`."""

    file: str
    file_hash: str
    brief: str
    reviewer: str
    asked_by: str
    asked_at: dt.datetime
    expires_at: dt.datetime


def ask(
    c: sa.Connection, edition: Edition, edition_id: int, request: Request, token: bytes
) -> Review:
    """A review of a stored edition. Who is asked again about the same edition before the verdict
    keeps the review, and with it the link; questions about other editions of the issue in this
    language are withdrawn."""
    withdraw_others(c, edition, edition_id, request.asked_at)
    row = dataclasses.asdict(request)
    mine = (reviews.c.edition_id == edition_id, reviews.c.reviewer == request.reviewer)
    open_one = c.scalar(sa.select(reviews.c.id).where(*mine, reviews.c.state == ReviewState.OPEN))
    if open_one is not None:
        c.execute(reviews.update().where(reviews.c.id == open_one).values(row))
        return _one(c, reviews.c.id == open_one)
    row |= {
        "token": token,
        "issue_id": edition.issue_id,
        "lang": edition.lang,
        "edition_id": edition_id,
        "state": ReviewState.OPEN,
    }
    c.execute(reviews.insert().values(row))
    return _one(c, reviews.c.token == token)


def of_token(c: sa.Connection, token: bytes) -> Review | None:
    return next(iter(_found(c, _query().where(reviews.c.token == token))), None)


def listed(c: sa.Connection, issue_id: str | None = None) -> list[Review]:
    """Those of one issue, or all, the latest first."""
    query = _query().order_by(reviews.c.id.desc())
    return _found(c, query if issue_id is None else query.where(reviews.c.issue_id == issue_id))


def decide(
    c: sa.Connection, review: Review, verdict: ReviewState, comment: str, at: dt.datetime
) -> bool:
    """Write the verdict; False where there is one already, or the review was withdrawn."""
    mine = (reviews.c.id == review.id, reviews.c.state == ReviewState.OPEN)
    row = {"state": verdict, "comment": comment, "decided_at": at}
    return c.execute(reviews.update().where(*mine).values(row)).rowcount == 1


def withdraw(c: sa.Connection, issue_id: str, lang: str, at: dt.datetime) -> int:
    """No link to a review without a verdict works any longer; returns how many those were."""
    return _withdraw(c, _open(issue_id, lang), at)


def withdraw_others(c: sa.Connection, edition: Edition, edition_id: int, at: dt.datetime) -> None:
    """End the open questions about other editions of the issue in this language."""
    others = (*_open(edition.issue_id, edition.lang), reviews.c.edition_id != edition_id)
    _withdraw(c, others, at)


def untold(c: sa.Connection) -> list[Review]:
    """Those whose verdict was not told yet, the oldest first."""
    verdicts = reviews.c.state.in_((ReviewState.APPROVED, ReviewState.SENT_BACK))
    return _found(c, _query().where(verdicts, reviews.c.told_at.is_(None)).order_by(reviews.c.id))


def claim(c: sa.Connection, review: Review, at: dt.datetime) -> bool:
    """Whoever gets True tells the verdict, and nobody else does."""
    mine = (reviews.c.id == review.id, reviews.c.told_at.is_(None))
    return c.execute(reviews.update().where(*mine).values(told_at=at)).rowcount == 1


def give_back(c: sa.Connection, review: Review) -> None:
    """It could not be told: somebody may claim it again."""
    c.execute(reviews.update().where(reviews.c.id == review.id).values(told_at=None))


_Condition = sa.ColumnElement[bool]


def _open(issue_id: str, lang: str) -> tuple[_Condition, ...]:
    return (
        reviews.c.issue_id == issue_id,
        reviews.c.lang == lang,
        reviews.c.state == ReviewState.OPEN,
    )


def _withdraw(c: sa.Connection, which: tuple[_Condition, ...], at: dt.datetime) -> int:
    row = {"state": ReviewState.WITHDRAWN, "decided_at": at}
    return c.execute(reviews.update().where(*which).values(row)).rowcount


def _one(c: sa.Connection, which: _Condition) -> Review:
    (found,) = _found(c, _query().where(which))
    return found


def _query() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(reviews, editions.c.content_hash.label("version")).join_from(reviews, editions)


def _found(c: sa.Connection, query: sa.Select[*tuple[Any, ...]]) -> list[Review]:
    rows = (row._asdict() for row in c.execute(query))
    return [Review(**{**row, "state": ReviewState(row["state"])}) for row in rows]
