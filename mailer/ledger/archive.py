"""The archive: what anybody may read of an issue that was sent, or put there without being mailed.

It has a page in each of its languages: that of the edition which came last, by a dispatch, a
posting or a correction. Every erratum stays with it, and so does a version that readers have and
others do not. A dispatch that has not yet begun shows nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from mailer.ledger.schema import corrections, dispatches, editions, errata, postings
from mailer.model import edition as codec
from mailer.model.edition import Edition

# SQLite reads JSON from text; PostgreSQL wants it cast.
_Document = sa.JSON().with_variant(sa.Text(), "sqlite")


@dataclass(frozen=True, slots=True)
class Erratum:
    """What was corrected, in the editor's words."""

    note: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Earlier:
    """An edition that part of a dispatch carried, until it was mended."""

    version: str
    lang: str
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class ArchivedIssue:
    """What a list of issues says of one in a language; as in the edition that its page shows.
    `since` is when it was first sent or posted in that language, `updated` when its page became
    what it is."""

    issue_id: str
    title: str
    date: dt.date | None
    lang: str
    since: dt.datetime
    updated: dt.datetime
    edition_id: int

    @property
    def order(self) -> tuple[dt.date, dt.datetime, str]:
        """By date; an issue without one stands where it came in."""
        return self.date or self.since.date(), self.since, self.issue_id


def post(c: sa.Connection, edition: Edition, edition_id: int, by: str, at: dt.datetime) -> None:
    """Put a stored edition into the archive without mailing it."""
    row = {
        "issue_id": edition.issue_id,
        "edition_id": edition_id,
        "posted_by": by,
        "posted_at": at,
    }
    c.execute(postings.insert().values(row))


def correct(
    c: sa.Connection, edition: Edition, edition_id: int, note: str, by: str, at: dt.datetime
) -> None:
    """Show a stored edition on the page of its issue and language from now on, with a note of what
    changed."""
    row = {
        "issue_id": edition.issue_id,
        "edition_id": edition_id,
        "note": note,
        "noted_by": by,
        "noted_at": at,
    }
    c.execute(errata.insert().values(row))


def is_sent(c: sa.Connection, issue_id: str, lang: str) -> bool:
    """Whether the issue was ever dispatched in this language."""
    query = sa.select(editions.c.document).join_from(dispatches, editions).distinct()
    found = c.scalars(query.where(dispatches.c.issue_id == issue_id, _begun))
    sent = (each for document in found for each in codec.from_json(document).every)
    return any(edition.lang == lang for edition in sent)


def of_issue(c: sa.Connection, issue_id: str) -> list[ArchivedIssue]:
    """The issue in each of the languages in which it is in the archive, the first shown first."""
    return _listed(c, _editions().where(_showings.c.issue_id == issue_id)).get(issue_id, [])


def shown(c: sa.Connection, issue_id: str, lang: str) -> Edition | None:
    """The edition that the issue's page in this language shows; None for one that is not in the
    archive."""
    last = _editions().where(_showings.c.issue_id == issue_id, _lang == lang).subquery()
    query = sa.select(editions.c.document).join_from(
        editions, last, (editions.c.id == last.c.edition_id) & (last.c.place == 1)
    )
    document = c.scalar(query)
    return None if document is None else codec.from_json(document)


def notes(c: sa.Connection, issue_id: str, lang: str) -> list[Erratum]:
    """What was corrected on its page in this language, the latest first."""
    query = sa.select(errata.c.note, errata.c.noted_at).join_from(errata, editions)
    mine = (errata.c.issue_id == issue_id, _lang == lang)
    return [Erratum(*row) for row in c.execute(query.where(*mine).order_by(errata.c.id.desc()))]


def earlier(c: sa.Connection, issue_id: str) -> list[Earlier]:
    """The versions that were mended while they were being sent, and that readers have, in whatever
    language; the latest first."""
    query = (
        sa.select(editions.c.content_hash, _lang, corrections.c.at)
        .join_from(corrections, dispatches, corrections.c.dispatch_id == dispatches.c.id)
        .join(editions, editions.c.id == corrections.c.replaced_id)
        .where(dispatches.c.issue_id == issue_id, corrections.c.reached > 0)
    )
    return [Earlier(*row) for row in c.execute(query.order_by(corrections.c.id.desc()))]


def listed(c: sa.Connection) -> list[list[ArchivedIssue]]:
    """Every issue of the archive, the latest first, in each of its languages, the first shown
    first, which also gives the issue its place."""
    found = _listed(c, _editions())
    return sorted(found.values(), key=lambda issue: issue[0].order, reverse=True)


def _listed(
    c: sa.Connection, chosen: sa.Select[*tuple[Any, ...]]
) -> dict[str, list[ArchivedIssue]]:
    """By the issue's id."""
    last = chosen.subquery()
    fields = [_document[name].as_string() for name in ("title", "date")]
    when = (last.c.since, last.c.updated, last.c.edition_id)
    query = sa.select(*when, last.c.lang, editions.c.issue_id, *fields).join_from(
        editions, last, (editions.c.id == last.c.edition_id) & (last.c.place == 1)
    )
    found: dict[str, list[ArchivedIssue]] = {}
    for since, updated, edition_id, lang, issue_id, title, date in c.execute(
        query.order_by(last.c.since, last.c.edition_id)
    ):
        day = dt.date.fromisoformat(date) if date else None
        issue = ArchivedIssue(issue_id, title, day, lang, since, updated, edition_id)
        found.setdefault(issue_id, []).append(issue)
    return found


def ever_shown(c: sa.Connection) -> list[tuple[str, int]]:
    """Issue and edition of everything that a page ever showed, the earliest first. No document is
    opened for it."""
    chosen = sa.select(_showings.c.issue_id, _showings.c.edition_id).distinct()
    return [
        (issue_id, edition_id) for issue_id, edition_id in c.execute(chosen.order_by("edition_id"))
    ]


def newest(c: sa.Connection) -> ArchivedIssue | None:
    """The latest issue, in the language in which it was shown first."""
    found = listed(c)
    return found[0][0] if found else None


def _shown_by(table: sa.Table, at: str) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(table.c.issue_id, table.c.edition_id, table.c[at].label("at"))


_document = sa.cast(editions.c.document, _Document)
_lang = _document["lang"].as_string()
_begun = dispatches.c.started_at.is_not(None)
_corrected = sa.select(dispatches.c.issue_id, corrections.c.edition_id, corrections.c.at).join_from(
    corrections, dispatches, corrections.c.dispatch_id == dispatches.c.id
)
_showings = sa.union_all(
    _shown_by(dispatches, "started_at").where(_begun),
    _corrected.where(_begun),
    _shown_by(postings, "posted_at"),
    _shown_by(errata, "noted_at"),
).subquery()


def _editions() -> sa.Select[*tuple[Any, ...]]:
    """Every edition that an issue's page in its language ever showed; the one in place 1 came
    last."""
    page = (_showings.c.issue_id, _lang)
    latest = (_showings.c.at.desc(), _showings.c.edition_id.desc())
    return sa.select(
        _showings.c.edition_id,
        _lang.label("lang"),
        sa.func.min(_showings.c.at).over(partition_by=page).label("since"),
        sa.func.max(_showings.c.at).over(partition_by=page).label("updated"),
        sa.func.row_number().over(partition_by=page, order_by=latest).label("place"),
    ).join_from(_showings, editions, _showings.c.edition_id == editions.c.id)
