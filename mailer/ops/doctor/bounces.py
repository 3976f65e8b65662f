"""The way back: whether somebody reads what comes to the return path."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.app import App
from mailer.config.bounces import Bounces
from mailer.errors import DatabaseError
from mailer.ledger import reports, workers
from mailer.ops.doctor.check import Check, ok, warning

_BOUNCES = "bounces"


def check_bounces(app: App) -> Iterator[Check]:
    """Dead addresses that nobody notices are mailed every month, and receivers count that."""
    settings = app.config.bounces
    if settings.address is None:
        yield ok(
            _BOUNCES, "come to the sender, for a person to read; [bounces] address counts them"
        )
        return
    try:
        with app.database.read() as c:
            at_work, ever = workers.seen_lately(c), reports.any_(c)
    except DatabaseError:  # told by another check
        return
    yield judged(settings, at_work, ever)


def judged(settings: Bounces, at_work: bool, ever: bool) -> Check:
    """`at_work`: whether a worker is; `ever`: whether anything ever came back."""
    by_worker, by_web = _of_the_worker(settings), _of_the_web(settings)
    says = f"what comes to {settings.address}"
    if by_web or (by_worker and at_work):
        return ok(_BOUNCES, f"{says} is read: {', '.join(by_web or by_worker)}")
    if by_worker:
        fetch = ", or `mailer bounce fetch` every hour" * (settings.imap is not None)
        mend = f"start `mailer worker`{fetch}"
        return warning(_BOUNCES, f"{says} is a worker's to read, and none is at work: {mend}")
    if ever:
        return ok(_BOUNCES, f"{says} was read before, by `mailer bounce process`")
    mend = (
        "set bounces.imap or bounces.listen, or have the mail server start `mailer bounce process`"
    )
    return warning(_BOUNCES, f"{says} is read by nobody: {mend}")


def _of_the_worker(settings: Bounces) -> list[str]:
    ways = {"IMAP": settings.imap, "a listener": settings.listen}
    return [way for way, url in ways.items() if url is not None]


def _of_the_web(settings: Bounces) -> list[str]:
    ways = {"Amazon SES": settings.ses_topics, "Postmark": settings.postmark_password}
    return [way for way, proof in ways.items() if proof]
