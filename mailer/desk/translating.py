"""An issue in all of its languages as one edition, of which each reader gets the language that they
would rather read."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import sqlalchemy as sa

from mailer.desk.composing import compose_file
from mailer.desk.composition import Composition
from mailer.errors import IssueRefused
from mailer.ledger import archive, editions
from mailer.model.edition import Edition, PictureFile
from mailer.records import Records


def together(app: Records, composition: Composition) -> Composition:
    """With the files beside it that have its id. Who would rather read none of these languages gets
    the file itself. Raises IssueRefused where one cannot be composed, or where two are in one
    language."""
    if not composition.siblings:
        return composition
    _, own = composition.complete()
    others = tuple(compose_file(app, file) for file in composition.siblings)
    translations = tuple(other.complete()[1] for other in others)
    _require_different(composition, others)
    pictures = {picture.name: picture for each in others for picture in each.pictures}
    pictures |= {picture.name: picture for picture in composition.pictures}
    return dataclasses.replace(
        composition,
        edition=dataclasses.replace(own, translations=translations),
        pictures=tuple(pictures.values()),
        translations=others,
    )


def _require_different(composition: Composition, others: Iterable[Composition]) -> None:
    known = {composition.complete()[1].lang: composition.file}
    for other in others:
        lang = other.complete()[1].lang
        if lang in known:
            raise IssueRefused(
                f"{other.file} and {known[lang]} are one issue in {lang}: give one of them another "
                "lang or id"
            )
        known[lang] = other.file


def show_pages(
    c: sa.Connection, app: Records, edition: Edition, pictures: Iterable[PictureFile]
) -> None:
    """Put the translations into the archive, where the edition that is sent comes by itself."""
    kept = tuple(pictures)
    for each in edition.translations:
        edition_id = editions.store(c, each, kept, app.now())
        archive.post(c, each, edition_id, app.actor, app.now())
