"""Editions and their pictures, frozen: once stored they are never written again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa

from mailer.ledger import upsert
from mailer.ledger.alone import alone
from mailer.ledger.schema import editions, pictures
from mailer.model import edition as codec
from mailer.model.edition import Edition, PictureFile


def store(c: sa.Connection, edition: Edition, files: Iterable[PictureFile], at: dt.datetime) -> int:
    """Keep the edition and its pictures, the same content once; returns the edition's id."""
    digest = edition.content_hash
    alone(c, f"edition {digest}")
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
        upsert.insert(c, pictures, {name: getattr(file, name) for name in fields})


def load(c: sa.Connection, edition_id: int) -> Edition:
    document = c.scalar(sa.select(editions.c.document).where(editions.c.id == edition_id))
    return codec.from_json(str(document))


def of_version(c: sa.Connection, version: str) -> Edition | None:
    """The edition with this content hash."""
    document = c.scalar(sa.select(editions.c.document).where(editions.c.content_hash == version))
    return None if document is None else codec.from_json(document)


def carried(c: sa.Connection, edition: Edition) -> list[PictureFile]:
    """The pictures that its message carries, in whichever language."""
    names = dict.fromkeys(name for each in edition.every for name in each.carried)
    found = (picture(c, name) for name in names)
    return [file for file in found if file is not None]


def picture(c: sa.Connection, name: str) -> PictureFile | None:
    row = c.execute(sa.select(pictures).where(pictures.c.name == name)).one_or_none()
    return None if row is None else PictureFile(**row._mapping)
