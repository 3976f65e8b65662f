"""Asking a colleague: a version is frozen, a link to it is mailed, and the verdict told.

What is approved is what was shown, whatever has become of the file since.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mailer.app import App
from mailer.desk import brief, post, starter
from mailer.desk.composition import Composition
from mailer.errors import UsageError
from mailer.ledger import approvals, editions, reviews
from mailer.ledger.reviews import Request
from mailer.model.approval import Review, ReviewState
from mailer.model.edition import Edition, PictureFile, short_hash
from subscribers.address import parse as parse_address

PERIOD = dt.timedelta(days=30)  # that a link works
COMMENT_CHARACTERS = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """`trouble` says why the link could not be mailed, or nothing."""

    review: Review
    url: str
    trouble: str


def ask(app: App, composition: Composition, reviewers: Sequence[str], by: str) -> list[Asked]:
    """Freeze the version and mail each colleague a link to it. Questions about other versions of
    the issue that nobody answered yet are withdrawn.

    Raises IssueRefused for a file with errors, BadAddress.
    """
    addresses = dict.fromkeys(parse_address(reviewer).email for reviewer in reviewers)
    _, edition = composition.require_sound()
    with app.database.write() as c:
        edition_id = editions.store(c, edition, composition.pictures, app.now())
        asked = [
            reviews.ask(c, edition, edition_id, _request(app, composition, to, by), app.new_token())
            for to in addresses
        ]
    return [_mailed(app, review, edition) for review in asked]


def _request(app: App, composition: Composition, reviewer: str, by: str) -> Request:
    file = composition.file.resolve()
    inside = file.is_relative_to(app.folder)
    return Request(
        file=str(file.relative_to(app.folder) if inside else file),
        file_hash=_file_hash(file),
        brief=brief.to_json(brief.brief_of(composition)),
        reviewer=reviewer,
        asked_by=by,
        asked_at=app.now(),
        expires_at=app.now() + PERIOD,
    )


def _file_hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _mailed(app: App, review: Review, edition: Edition) -> Asked:
    url = app.links.review(review.token)
    written = starter.filled(
        "mail/review.md.j2",
        title=edition.title,
        asked_by=review.asked_by,
        url=url,
        version=short_hash(review.version),
        until=f"{review.expires_at.astimezone(app.timezone):%d %B %Y}",
    )
    return Asked(review, url, post.mail(app, review.reviewer, written))


def listed(app: App, composition: Composition | None) -> list[Review]:
    """The reviews of an issue, or all, the latest first."""
    issue_id = None if composition is None else composition.complete()[1].issue_id
    with app.database.read() as c:
        return reviews.listed(c, issue_id)


def withdraw(app: App, composition: Composition) -> int:
    """End what nobody answered yet; returns how many links that were."""
    _, edition = composition.complete()
    with app.database.write() as c:
        return reviews.withdraw(c, edition.issue_id, edition.lang, app.now())


def has_changed(app: App, review: Review) -> bool:
    """Whether the issue file is another by now, as far as this machine has it."""
    try:
        return _file_hash(app.folder / review.file) != review.file_hash
    except OSError:
        return False


def frozen(app: App, edition_id: int) -> tuple[Edition, list[PictureFile]]:
    """The version, and the pictures that its message carries."""
    with app.database.read() as c:
        edition = editions.load(c, edition_id)
        return edition, editions.carried(c, edition)


def decide(app: App, review: Review, verdict: ReviewState, comment: str) -> bool:
    """Write the verdict down; what is sent back is not approved any longer. False where the review
    has ended or has a verdict already. Raises UsageError for a comment that is none where one is
    needed, or too long."""
    said = comment.strip()
    if verdict is ReviewState.SENT_BACK and not said:
        raise UsageError("Say what should be changed.")
    if len(said) > COMMENT_CHARACTERS:
        raise UsageError(f"That is over {COMMENT_CHARACTERS:,} characters: say it in fewer.")
    now = app.now()
    with app.database.write() as c:
        if not review.is_open(now) or not reviews.decide(c, review, verdict, said, now):
            return False
        if verdict is ReviewState.APPROVED:
            edition = editions.load(c, review.edition_id)
            approvals.approve(c, edition, review.edition_id, review.reviewer, now, review.id)
        else:
            approvals.end(c, review.edition_id, review.id)
    return True


def tell(app: App) -> list[str]:
    """Mail the editor each verdict that was not told yet and that nobody else is telling; what
    stood in the way, a line each."""
    editor = app.config.publication.editor
    if editor is None:
        return []
    with app.database.read() as c:
        waiting = [(review, editions.load(c, review.edition_id)) for review in reviews.untold(c)]
    troubles = []
    for review, edition in waiting:
        with app.database.write() as c:
            if not reviews.claim(c, review, app.now()):
                continue
        trouble = post.mail(app, editor, _verdict(app, review, edition))
        if trouble:
            troubles.append(f"review {review.id}: the editor could not be told: {trouble}")
            with app.database.write() as c:
                reviews.give_back(c, review)
    return troubles


def _verdict(app: App, review: Review, edition: Edition) -> str:
    when = (review.decided_at or app.now()).astimezone(app.timezone)
    return starter.filled(
        "mail/verdict.md.j2",
        title=edition.title,
        reviewer=review.reviewer,
        approved=review.state is ReviewState.APPROVED,
        comment=review.comment,
        file=shlex.quote(review.file),
        version=short_hash(review.version),
        when=f"{when:%d %B %Y at %H:%M}",
    )
