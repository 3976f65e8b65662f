"""Approving a version: from then on its exact bytes stand in the database."""

from __future__ import annotations

from mailer.desk.composition import Composition
from mailer.ledger import approvals, editions, plan
from mailer.model.approval import Approval
from mailer.records import Records


def approve(app: Records, composition: Composition, by: str) -> bool:
    """Freeze the edition with its pictures and write down who approved it, which withdraws open
    questions about other versions; False where that is this person's word already. Raises
    IssueRefused."""
    _, edition = composition.require_sound()
    with app.database.write() as c:
        edition_id = editions.store(c, edition, composition.pictures, app.now())
        return approvals.approve(c, edition, edition_id, by, app.now())


def history(app: Records, composition: Composition) -> list[Approval]:
    """Every approval of this issue in this language, the latest first."""
    _, edition = composition.complete()
    with app.database.read() as c:
        return approvals.of_issue(c, edition.issue_id, edition.lang)


def in_force(app: Records) -> dict[tuple[str, str], Approval]:
    """The approval of each issue that has one, by its id and language."""
    with app.database.read() as c:
        return {(each.issue_id, each.lang): each for each in approvals.all_in_force(c)}


def of_dispatch(app: Records, dispatch_id: int) -> dict[str, Approval | None]:
    """Who approved what the dispatch sends, by language: each is approved by itself. The first is
    that of the file which was sent."""
    with app.database.read() as c:
        edition = editions.load(c, plan.order_of(c, dispatch_id).edition_id)
        versions = {each.lang: each.alone.content_hash for each in edition.every}
        return {lang: approvals.of_version(c, version) for lang, version in versions.items()}
