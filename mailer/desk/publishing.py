"""After the fact: an issue in the archive that was never mailed, and errata on an issue's page."""

from __future__ import annotations

from mailer.composer.frame import web_url
from mailer.desk.composition import Composition
from mailer.errors import UsageError
from mailer.ledger import archive, editions
from mailer.message.header import without_controls
from mailer.model.command import command
from mailer.records import Records

_NOTE_CHARACTERS = 2_000


def page_url(app: Records, composition: Composition) -> str:
    """Where the issue is read on the web in the file's language."""
    _, edition = composition.complete()
    publication = app.config.publication
    return web_url(publication.url, edition.issue_id, edition.lang, publication.lang)


def publish(app: Records, composition: Composition) -> bool:
    """Show the issue on the web without mailing it; False where its page shows this version
    already. Raises IssueRefused, and UsageError for an issue that was sent in this language."""
    _, edition = composition.require_sound()
    with app.database.write() as c:
        if archive.is_sent(c, edition.issue_id, edition.lang):
            correct = command("issue", "correct", composition.file, "--note", "TEXT")
            raise UsageError(
                f"{composition.file}: issue {edition.issue_id} was sent ({edition.lang}), and its "
                f"page stands: {correct} mends it"
            )
        now = archive.shown(c, edition.issue_id, edition.lang)
        if now is not None and now.content_hash == edition.content_hash:
            return False
        edition_id = editions.store(c, edition, composition.pictures, app.now())
        archive.post(c, edition, edition_id, app.actor, app.now())
        return True


def correct(app: Records, composition: Composition, note: str) -> bool:
    """Show the issue as the file has it now, under a dated note that says what was corrected; False
    where the page has this version and note already. What was mailed stays in the ledger as it
    was. Raises IssueRefused, and UsageError for an issue that has no page or for a note that is
    none."""
    said = _checked(note)
    _, edition = composition.require_sound()
    with app.database.write() as c:
        now = archive.shown(c, edition.issue_id, edition.lang)
        if now is None:
            raise UsageError(
                f"{composition.file}: issue {edition.issue_id} ({edition.lang}) was neither sent "
                "nor published: it can still be changed without a note"
            )
        told = archive.notes(c, edition.issue_id, edition.lang)
        if now.content_hash == edition.content_hash and said in [each.note for each in told]:
            return False
        edition_id = editions.store(c, edition, composition.pictures, app.now())
        archive.correct(c, edition, edition_id, said, app.actor, app.now())
        return True


def _checked(note: str) -> str:
    """The note in one line; raises UsageError."""
    said = " ".join(note.split())
    if not said:
        raise UsageError('--note: it is empty: say what was corrected, "The link to … was wrong."')
    if len(said) > _NOTE_CHARACTERS or without_controls(said) != said:
        raise UsageError(
            f"--note: it has control characters or over {_NOTE_CHARACTERS:,} characters: say in a "
            "sentence or two what was corrected"
        )
    return said
