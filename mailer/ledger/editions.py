"""Editions and their pictures, frozen: once stored they are never written again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from mailer.ledger.schema import dispatches, editions, pictures
from mailer.model import edition as codec
from mailer.model.edition import Edition, PictureFile

# SQLite reads JSON from text; PostgreSQL wants it cast.
_Document = sa.JSON().with_variant(sa.Text(), "sqlite")


@dataclass(frozen=True, slots=True)
class SentIssue:
    """What a list of issues says of one; as in the edition of its latest dispatch."""

    issue_id: str
    title: str
    date: dt.date | None
    lang: str


def store(c: sa.Connection, edition: Edition, files: Iterable[PictureFile], at: dt.datetime) -> int:
    """Keep the edition and its pictures, the same content once; returns the edition's id."""
    digest = edition.content_hash
    found = c.scalar(sa.select(editions.c.id).where(editions.c.content_hash == digest))
    if found is not None:
        return int(found)
    for file in files:
        _store_picture(c, file)
    row = {
        "content_hash": digest,
        "issue_id": edition.issue_id,
        "document": codec.to_json(edition),
        "created_at": at,
    }
    return int(c.scalars(editions.insert().values(row).returning(editions.c.id)).one())


def _store_picture(c: sa.Connection, file: PictureFile) -> None:
    if c.scalar(sa.select(pictures.c.name).where(pictures.c.name == file.name)) is None:
        fields = ("name", "media_type", "width", "height", "content")
        c.execute(pictures.insert().values({name: getattr(file, name) for name in fields}))


def load(c: sa.Connection, edition_id: int) -> Edition:
    document = c.scalar(sa.select(editions.c.document).where(editions.c.id == edition_id))
    return codec.from_json(str(document))


def sent_edition(c: sa.Connection, issue_id: str) -> Edition | None:
    """The edition of the issue's latest dispatch, or None while it was never dispatched."""
    query = (
        sa.select(editions.c.document)
        .join(dispatches, dispatches.c.edition_id == editions.c.id)
        .where(dispatches.c.issue_id == issue_id)
        .order_by(dispatches.c.id.desc())
        .limit(1)
    )
    document = c.scalar(query)
    return None if document is None else codec.from_json(document)


def sent_issues(c: sa.Connection) -> list[SentIssue]:
    """Every issue that was dispatched, the latest first; a late dispatch does not move it up."""
    ids = (
        sa.select(
            sa.func.min(dispatches.c.id).label("first"), sa.func.max(dispatches.c.id).label("last")
        )
        .group_by(dispatches.c.issue_id)
        .subquery()
    )
    document = sa.cast(editions.c.document, _Document)
    fields = [document[name].as_string() for name in ("title", "date", "lang")]
    query = (
        sa.select(editions.c.issue_id, *fields)
        .join_from(ids, dispatches, dispatches.c.id == ids.c.last)
        .join(editions, editions.c.id == dispatches.c.edition_id)
        .order_by(ids.c.first.desc())
    )
    return [
        SentIssue(issue_id, title, dt.date.fromisoformat(date) if date else None, lang)
        for issue_id, title, date, lang in c.execute(query)
    ]


def carried(c: sa.Connection, edition: Edition) -> list[PictureFile]:
    """The pictures that its message carries."""
    found = (picture(c, name) for name in edition.carried)
    return [file for file in found if file is not None]


def picture(c: sa.Connection, name: str) -> PictureFile | None:
    row = c.execute(sa.select(pictures).where(pictures.c.name == name)).one_or_none()
    return None if row is None else PictureFile(**row._mapping)
