"""What the check of an issue gets to know of its publication and its readers."""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path

from mailer.composer.checking.check import CheckContext
from mailer.composer.html.theme import Theme
from mailer.composer.parsing.parse import Parsed
from mailer.composer.past import Past
from mailer.desk.past.gathering import past_of
from mailer.errors import DatabaseError
from mailer.intake.pictures import Gallery
from mailer.model.edition import Edition
from mailer.model.slot import RESERVED_SLOTS
from mailer.records import Records


def check_context(
    app: Records, file: Path, parsed: Parsed, theme: Theme, gallery: Gallery, edition: Edition
) -> CheckContext:
    publication, look, style = app.config.publication, app.config.look, app.config.style
    return CheckContext(
        file=str(file),
        theme=theme,
        palette=theme.repainted(look.light, look.dark),
        html=edition.html,
        has_address=bool(publication.address.strip()),
        pictures=gallery.files,
        remote=gallery.remote,
        missing=gallery.faults,
        lines=parsed.lines,
        publication=publication.name,
        names=publication.names,
        attributes=_attributes(app, edition),
        segments=_segments(app, edition),
        glossary=style.glossary,
        banned=style.banned,
        typography=style.typography,
        past=past_of(app, parsed.issue) if parsed.issue else Past(),
    )


def _segments(app: Records, edition: Edition) -> Set[str] | None:
    """None where the edition asks for none, or no database can be asked."""
    if not edition.audiences:
        return None
    try:
        return {segment.name for segment in app.store.segments.all()}
    except DatabaseError:
        return None


def _attributes(app: Records, edition: Edition) -> Set[str] | None:
    """What readers have of what the edition asks for, and names like it; None where there are no
    readers yet, or no database to ask."""
    wanted = {slot.name for slot in edition.slots()} - RESERVED_SLOTS
    if not wanted:
        return None
    try:
        return app.store.attribute_names(wanted)
    except DatabaseError:
        return None
