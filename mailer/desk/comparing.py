"""An issue as it composes now beside the version of it that was approved, sent or published."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import shorten

import sqlalchemy as sa

from mailer.desk.composition import Composition
from mailer.desk.difference import Difference, compare
from mailer.errors import IssueRefused, NotFound
from mailer.ledger import approvals, archive, editions
from mailer.model.approval import Approval
from mailer.model.command import command
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
    approve = command("issue", "approve", composition.file)
    if approval is None or approved is None:
        raise IssueRefused(
            f"{composition.file}: nobody has approved it, and [send] approval in mailer.toml asks "
            f"for that: {approve}, or ask a colleague with "
            f"{command('issue', 'review', composition.file, '--to', 'ADDR')}"
        )
    if approval.ended_by is not None:
        comment = shorten(approval.comment or "", _COMMENT_CHARACTERS, placeholder=" …")
        raise IssueRefused(
            f"{composition.file}: {approval.ended_by} sent back the version that {approval.by} "
            f"approved ({short_hash(approval.version)}): “{comment}”: mend that, then have it "
            f"approved again: {approve}"
        )
    if approved.content_hash != edition.content_hash:
        raise IssueRefused(
            f"{composition.file}: this is not the version that {approval.by} approved "
            f"({short_hash(edition.content_hash)}, not {short_hash(approval.version)}); what "
            f"differs: {compare(approved, edition).summary()}: see "
            f"{command('issue', 'diff', composition.file)}, then have it approved again"
        )


def _approved(c: sa.Connection, approval: Approval) -> Edition | None:
    return editions.of_version(c, approval.version)
