"""Correction: a dispatch goes on with another edition, for those whom it has not yet reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from mailer.ledger import clock, events
from mailer.ledger.events import Action
from mailer.ledger.schema import corrections, dispatches, editions, shards
from mailer.model.delivery import State
from mailer.model.edition import short_hash

_TO_COME = (State.PLANNED, State.DEFERRED)  # what a copy's next attempt carries is the newest

_CARRIED = (State.SENDING, State.SENT, State.UNCERTAIN)  # its reader has it, or may


@dataclass(frozen=True, slots=True)
class Versions:
    """The editions of one dispatch: ids, and the content hash of each."""

    first: int
    newest: int
    hashes: Mapping[int, str]

    def of(self, state: State, attempt: int, edition_id: int | None) -> str:
        """What the copy carries, by its state, its attempts and the edition that the ledger has for
        it; nothing where it never left and never will."""
        if state is State.SKIPPED or not (attempt or state in _TO_COME):
            return ""
        carried = self.newest if state in _TO_COME else edition_id or self.first
        return self.hashes[carried]


def correct(c: sa.Connection, dispatch_id: int, edition_id: int, by: str) -> None:
    """Copies that are begun from now on carry this edition; those on the wire end as they end. The
    dispatch is held.

    Whoever holds a shard would send the old edition, so it loses the shard: a raised epoch lets it
    mark nothing more. It stays the shard's owner, lest what it has on the wire be forgotten.
    """
    mine = dispatches.c.id == dispatch_id
    _stop_taking(c, dispatch_id)
    row = {
        "dispatch_id": dispatch_id,
        "replaced_id": c.scalars(sa.select(dispatches.c.edition_id).where(mine)).one(),
        "edition_id": edition_id,
        "reached": _reached(c, dispatch_id),
        "at": clock.now(c),
    }
    c.execute(corrections.insert().values(row))
    c.execute(dispatches.update().where(mine).values(edition_id=edition_id))
    held = (shards.c.dispatch_id == dispatch_id, shards.c.owner.is_not(None))
    c.execute(shards.update().where(*held).values(epoch=shards.c.epoch + 1))
    digest = c.scalars(sa.select(editions.c.content_hash).where(editions.c.id == edition_id)).one()
    detail = f"version {short_hash(digest)}; {row['reached']:,} had carried the one before"
    events.note(c, by, Action.CORRECTED, dispatch_id, detail)


def _stop_taking(c: sa.Connection, dispatch_id: int) -> None:
    """A shard that somebody takes at this moment is held before we look, or free after us."""
    query = sa.select(shards.c.number).where(shards.c.dispatch_id == dispatch_id)
    c.execute(query.order_by(shards.c.number).with_for_update()).all()


def _reached(c: sa.Connection, dispatch_id: int) -> int:
    """How many copies carry the newest edition, those on the wire among them."""
    columns = (shards.c[state.value] for state in _CARRIED)
    carried = sa.select(sa.func.coalesce(sa.func.sum(sum(columns, sa.literal(0))), 0)).where(
        shards.c.dispatch_id == dispatch_id
    )
    before = sa.select(sa.func.coalesce(sa.func.sum(corrections.c.reached), 0)).where(
        corrections.c.dispatch_id == dispatch_id
    )
    return int(c.scalars(carried).one()) - int(c.scalars(before).one())


def versions(c: sa.Connection, dispatch_id: int) -> Versions:
    newest = sa.select(dispatches.c.edition_id).where(dispatches.c.id == dispatch_id)
    query = sa.select(corrections.c.replaced_id, corrections.c.edition_id).where(
        corrections.c.dispatch_id == dispatch_id
    )
    changes = list(c.execute(query.order_by(corrections.c.id)))
    last = c.scalars(newest).one()
    first = changes[0].replaced_id if changes else last
    ids = {first, *(change.edition_id for change in changes)}
    named = sa.select(editions.c.id, editions.c.content_hash).where(editions.c.id.in_(ids))
    return Versions(first, last, {row.id: row.content_hash for row in c.execute(named)})
