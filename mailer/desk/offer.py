"""Before a send: what it would do, and whether it may."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

import sqlalchemy as sa

from mailer.app import App
from mailer.desk import comparing, dispatches, probe, sending, translating
from mailer.desk.composition import Composition
from mailer.desk.proof import Mailing, Proof, Told, prove, require_keys
from mailer.errors import IssueRefused, MailerError, UsageError
from mailer.ledger import editions, events, plan, status
from mailer.ledger.events import Action
from mailer.ledger.plan import Audience, Order
from mailer.message.stencil import ListHeader
from mailer.model.command import command
from mailer.model.counted import number
from mailer.model.delivery import DispatchState, DispatchStatus
from mailer.model.edition import Edition
from mailer.model.slot import fill
from subscribers.model import List


class Move(Enum):
    BEGIN = auto()  # a new dispatch, once somebody agreed to its count
    START = auto()  # the one that was scheduled, now, once somebody agreed to its count
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
    again: bool = False,
    segment: str = "",
) -> Offer:
    """Look at the ledger and the audience, and write nothing but the doubt that dead senders left.

    `told` gets the number of readers that were looked at, page by page. `late`: for those whom no
    dispatch reached; `again`: for all once more; `segment`: for those in it. Raises what stands in
    the way: UnknownList, UnknownSegment, IssueRefused, UsageError, ConfigError.
    """
    _, edition = composition.complete()
    require_keys(app)
    target = app.store.list(list_name or app.config.publication.list)
    audience = app.store.audience(target.name, segment)
    with app.database.read() as c:
        order = _order(c, edition, target, segment, late, again)
        found = plan.find(c, order)
        unreached = plan.count(c, audience, edition.issue_id)
        count = plan.size(c, audience) if order.repeats else unreached
        changed = found is not None and plan.content_hash(c, found) != edition.content_hash
    began = None if found is None else dispatches.recover(app, found)
    move = _begun(composition.file, began, changed) if began else _new(late, unreached)
    if began is not None and move is not Move.START:
        count = began.total
    made = Offer(move, target, edition, order, began, count, unreached)
    if began is None:
        require_ready(app, composition)
    _require_expected(made, expect)
    return _proved(app, composition, made, told)


def _proved(app: App, composition: Composition, made: Offer, told: Told) -> Offer:
    """What would begin, with the proof that it can."""
    if made.move not in (Move.BEGIN, Move.START):
        return made
    with app.database.read() as c:
        audience = plan.people(c, audience_of(app, made.order), made.order)
    header = header_of(app, made.order)
    mailing = Mailing(made.edition, composition.pictures, header, audience, made.count)
    return dataclasses.replace(made, proof=prove(app, mailing, told))


def header_of(app: App, order: Order) -> ListHeader:
    """What its list adds to each message, before there is a dispatch."""
    return sending.list_header(app, 0, order.list_name, order.list_title, order.list_id)


def audience_of(app: App, order: Order, edition: Edition | None = None) -> Audience:
    """Who is welcome to it; for an edition, with the variant of it that each gets. Raises
    UnknownList, UnknownSegment, BadSegment."""
    if edition is None:
        return app.store.audience(order.list_name, order.segment)
    languages = [each.lang for each in edition.every]
    return app.store.audience(order.list_name, order.segment, edition.audiences, languages)


def _order(
    c: sa.Connection, edition: Edition, target: List, segment: str, late: bool, again: bool
) -> Order:
    its = (target.id, target.name, target.title, target.list_id)
    order = Order(edition.issue_id, 0, *its, segment)
    if not late and not again:
        return order
    if again and plan.find(c, order) is None:
        raise UsageError(
            f"--again: the list {target.name} never had this issue: the same command without it"
        )
    kind = plan.AGAIN if again else plan.LATE
    order = dataclasses.replace(order, purpose=plan.further_purpose(c, order, kind))
    other = plan.unfinished(c, order)
    if again and other is not None:
        raise UsageError(
            f"dispatch {other} of this issue has not ended: the same command without --again goes "
            f"on with it, `mailer dispatch cancel {other}` ends it"
        )
    return order


def _new(late: bool, unreached: int) -> Move:
    return Move.NOTHING if late and not unreached else Move.BEGIN


def require_ready(app: App, composition: Composition) -> None:
    """Nobody sends for the first time what has errors, or what nobody approved who should."""
    composition.require_sound()
    if app.config.send.approval:
        comparing.require_approved(app, composition)


def _begun(file: Path, began: DispatchStatus, changed: bool) -> Move:
    if began.state in (DispatchState.FINISHED, DispatchState.CANCELLED):
        return Move.NOTHING
    if began.state is DispatchState.PAUSED:
        mend = "" if began.paused_by_hand else "mend that, then "
        raise UsageError(
            f"dispatch {began.id} is paused: {began.reason}: {mend}"
            f"`mailer dispatch resume {began.id}` and send again"
        )
    if changed:
        raise UsageError(
            f"dispatch {began.id} is not finished, and the issue has changed since: "
            f"{command('issue', 'diff', file)} shows how: put the file (and mailer.toml) back to "
            f"go on, or {command('send', file, '--correct', began.id)} for those who do not have "
            "it yet"
        )
    return Move.START if began.state is DispatchState.SCHEDULED else Move.GO_ON


def _require_expected(made: Offer, expect: int | None) -> None:
    if made.move in (Move.BEGIN, Move.START) and made.count == 0:
        segment = made.order.segment
        inside = f", is in the segment {segment}" if segment else ""
        raise MailerError(
            f"list {made.list.name}: nobody to send to: nobody on it is confirmed{inside} and has "
            f"not had this issue (`mailer list show {made.list.name}` tells the counts)"
        )
    if expect is not None and made.move is not Move.NOTHING and expect != made.count:
        raise UsageError(f"--expect {expect}: it is {made.count:,}: nothing was sent")


def begin(app: App, composition: Composition, made: Offer) -> int:
    """Freeze the edition and plan the copies; returns the dispatch's id.

    Raises PlanChanged where it would no longer be what was offered, Unreachable where what the
    readers will ask for does not answer. Nothing is planned then.
    """
    if made.move not in (Move.BEGIN, Move.START):
        raise IssueRefused(f"list {made.list.name}: there is nothing to begin")
    probe.before_sending(app, made.edition, composition.pictures)
    audience = audience_of(app, made.order, made.edition)
    with app.database.write() as c:
        if made.began is not None:
            dispatch_id = made.began.id
            planned = plan.start(c, dispatch_id, audience, app.now(), made.count)
        else:
            order = stored(c, app, composition, made)
            planned = plan.find(c, order) is None
            dispatch_id = plan.plan(c, order, audience, app.now(), made.count)
        if planned:
            note_begun(c, app, dispatch_id)
            translating.show_pages(c, app, made.edition, composition.pictures)
        return dispatch_id


def note_begun(c: sa.Connection, app: App, dispatch_id: int) -> None:
    total = status.status(c, dispatch_id).total
    copies = number(total, "copy", "copies")
    events.note(c, app.actor, Action.BEGAN, dispatch_id, copies)


def stored(c: sa.Connection, app: App, composition: Composition, made: Offer) -> Order:
    """The order of what is offered, once its edition and pictures are frozen."""
    edition_id = editions.store(c, made.edition, composition.pictures, app.now())
    return dataclasses.replace(made.order, edition_id=edition_id)
