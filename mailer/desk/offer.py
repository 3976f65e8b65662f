"""Before a send: what it would do, and whether it may."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import Enum, auto

import sqlalchemy as sa

from mailer.app import App
from mailer.desk import approving, dispatches, sending
from mailer.desk.composing import Composition
from mailer.desk.proof import Mailing, Proof, Told, prove, require_keys
from mailer.errors import IssueRefused, MailerError, UsageError
from mailer.ledger import editions, plan
from mailer.ledger.plan import Order
from mailer.model.delivery import DispatchState, DispatchStatus
from mailer.model.edition import Edition
from mailer.model.slot import fill
from subscribers.model import List


class Move(Enum):
    BEGIN = auto()  # a new dispatch, once somebody agreed to its count
    GO_ON = auto()  # with what is left of the one that began
    NOTHING = auto()  # all who should have it have it


@dataclass(frozen=True, slots=True)
class Offer:
    """What a send would do. `began` is the dispatch that already has this issue, list and
    purpose; `count` is how many copies a new one would have, `unreached` how many readers of the
    list no dispatch of the issue reached, `proof` what was seen of them."""

    move: Move
    list: List
    edition: Edition
    order: Order
    began: DispatchStatus | None
    count: int
    unreached: int
    proof: Proof | None = None

    @property
    def subject(self) -> str:
        return fill(self.edition.subject, {})


def offer(
    app: App,
    composition: Composition,
    list_name: str | None,
    late: bool,
    expect: int | None,
    told: Told = lambda _readers: None,
) -> Offer:
    """Look at the ledger and the audience, and write nothing but the doubt that dead senders left.

    `told` gets the number of readers that were looked at, page by page. Raises what stands in the
    way: UnknownList, IssueRefused, UsageError, ConfigError.
    """
    _, edition = composition.complete()
    require_keys(app)
    target = app.store.list(list_name or app.config.publication.list)
    with app.database.read() as c:
        order = _order(c, edition, target, late)
        found = plan.find(c, order)
        unreached = plan.count(c, app.store.audience(target.name), edition.issue_id)
        changed = found is not None and plan.content_hash(c, found) != edition.content_hash
    if found is not None:
        began = dispatches.recover(app, found)
        move = _going_on(began, changed)
        made = Offer(move, target, edition, order, began, began.total, unreached)
    else:
        composition.require_sound()
        if app.config.send.approval:
            approving.require_approved(app, composition)
        move = Move.NOTHING if late and not unreached else Move.BEGIN
        made = Offer(move, target, edition, order, None, unreached, unreached)
    _require_expected(made, expect)
    return _proved(app, composition, made, told)


def _proved(app: App, composition: Composition, made: Offer, told: Told) -> Offer:
    """What would begin, with the proof that it can."""
    if made.move is not Move.BEGIN:
        return made
    order = made.order
    audience = plan.not_yet_reached(app.store.audience(made.list.name), order.issue_id)
    header = sending.list_header(app, 0, order.list_name, order.list_title, order.list_id)
    mailing = Mailing(made.edition, composition.pictures, header, audience, made.count)
    return dataclasses.replace(made, proof=prove(app, mailing, told))


def _order(c: sa.Connection, edition: Edition, target: List, late: bool) -> Order:
    order = Order(edition.issue_id, 0, target.id, target.name, target.title, target.list_id)
    if not late:
        return order
    return dataclasses.replace(order, purpose=plan.late_purpose(c, order))


def _going_on(began: DispatchStatus, changed: bool) -> Move:
    if began.state in (DispatchState.FINISHED, DispatchState.CANCELLED):
        return Move.NOTHING
    if began.state is DispatchState.PAUSED:
        raise UsageError(
            f"dispatch {began.id} is paused: {began.reason}: mend that, then "
            f"`mailer dispatch resume {began.id}` and send again"
        )
    if changed:
        raise UsageError(
            f"dispatch {began.id} is not finished, and the issue has changed since it began: put "
            f"the file (and mailer.toml) back to go on, or `mailer dispatch cancel {began.id}`"
        )
    return Move.GO_ON


def _require_expected(made: Offer, expect: int | None) -> None:
    if made.move is Move.BEGIN and made.count == 0:
        raise MailerError(
            f"list {made.list.name}: nobody to send to: nobody on it is confirmed and has not had "
            f"this issue (`mailer list show {made.list.name}` tells the counts)"
        )
    if expect is not None and made.move is not Move.NOTHING and expect != made.count:
        raise UsageError(f"--expect {expect}: it is {made.count:,}: nothing was sent")


def begin(app: App, composition: Composition, made: Offer) -> int:
    """Freeze the edition and plan the copies, in one transaction; returns the dispatch's id.

    Raises PlanChanged where it would no longer be what was offered.
    """
    if made.began is not None:
        raise IssueRefused(f"dispatch {made.began.id} has begun already")
    audience = app.store.audience(made.list.name)
    with app.database.write() as c:
        edition_id = editions.store(c, made.edition, composition.pictures, app.now())
        order = dataclasses.replace(made.order, edition_id=edition_id)
        return plan.plan(c, order, audience, app.now(), made.count)
