"""Approving a version: from then on its exact bytes stand in the database, and what differs from
them can be told."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import shorten

import sqlalchemy as sa

from mailer.desk.composition import Composition
from mailer.desk.difference import Difference, compare
from mailer.errors import IssueRefused, NotFound
from mailer.ledger import approvals, archive, editions, plan
from mailer.model.approval import Approval
from mailer.model.edition import Edition, short_hash
from mailer.records import Records

_COMMENT_CHARACTERS = 300  # of a reviewer's, in a line that refuses


@dataclass(frozen=True, slots=True)
class Comparison:
    """The file as it composes now beside the approved edition, or, with `approval` None, beside
    the one that was sent or published last."""

    approval: Approval | None
    old: Edition
    new: Edition
    difference: Difference

    @property
    def same(self) -> bool:
        return self.old.content_hash == self.new.content_hash


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


def compare_file(app: Records, composition: Composition) -> Comparison:
    """Raises NotFound where there is no other version."""
    _, new = composition.complete()
    with app.database.read() as c:
        approval = approvals.latest(c, new.issue_id, new.lang)
        old = _approved(c, approval) if approval else archive.shown(c, new.issue_id, new.lang)
    if old is None:
        raise NotFound(
            f"issue {new.issue_id} ({new.lang}): no version of it was approved, sent or published "
            "yet: there is nothing to compare with"
        )
    return Comparison(approval, old, new, compare(old, new))


def require_approved(app: Records, composition: Composition) -> None:
    """Raises IssueRefused, saying what changed or who sent it back, unless exactly this version is
    approved, in each of its languages."""
    for translation in composition.translations:
        require_approved(app, translation)
    _, edition = composition.alone.complete()
    with app.database.read() as c:
        approval = approvals.latest(c, edition.issue_id, edition.lang)
        approved = _approved(c, approval) if approval else None
    if approval is None or approved is None:
        raise IssueRefused(
            f"{composition.file}: nobody has approved it, and [send] approval in mailer.toml asks "
            f"for that: `mailer issue approve {composition.file}`, or ask a colleague with "
            f"`mailer issue review {composition.file} --to ADDR`"
        )
    if approval.ended_by is not None:
        comment = shorten(approval.comment or "", _COMMENT_CHARACTERS, placeholder=" …")
        raise IssueRefused(
            f"{composition.file}: {approval.ended_by} sent back the version that {approval.by} "
            f"approved ({short_hash(approval.version)}): “{comment}”: mend that, then have it "
            f"approved again: `mailer issue approve {composition.file}`"
        )
    if approved.content_hash != edition.content_hash:
        raise IssueRefused(
            f"{composition.file}: this is not the version that {approval.by} approved "
            f"({short_hash(edition.content_hash)}, not {short_hash(approval.version)}); what "
            f"differs: {compare(approved, edition).summary()}: see "
            f"`mailer issue diff {composition.file}`, then have it approved again"
        )


def _approved(c: sa.Connection, approval: Approval) -> Edition | None:
    return editions.of_version(c, approval.version)
