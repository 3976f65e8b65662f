"""Sending an issue to a list: what it would do, doing it, and what came of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

import sqlalchemy as sa

from mailer.app import App
from mailer.desk.composing import Composition
from mailer.errors import UsageError
from mailer.ledger import control, editions, plan, shards, status
from mailer.ledger.plan import Order
from mailer.message.stencil import ListHeader, compile_stencil
from mailer.model.delivery import DispatchState, DispatchStatus, State
from mailer.model.edition import Edition
from mailer.model.mailbox import split_mailbox
from mailer.model.outcome import Outcome
from mailer.sender import run as sender
from mailer.sender.copies import CopyMaker
from mailer.sender.dispatch import Parts
from mailer.sender.run import Ended
from subscribers.address import parse as parse_address
from subscribers.errors import UnknownSubscriber
from subscribers.model import List


@dataclass(frozen=True, slots=True)
class Offer:
    """What a send would do. `began` is the dispatch that already has this issue, list and
    purpose; `count` is how many copies would be planned, where there is none."""

    list: List
    edition: Edition
    order: Order
    began: DispatchStatus | None
    changed: bool  # the file is no longer what `began` sends
    count: int
    late: int  # readers on the list whom no dispatch of this issue reached


def offer(app: App, composition: Composition, list_name: str | None, late: bool) -> Offer:
    """Look at the ledger; nothing is written. Raises UnknownList, IssueRefused."""
    _, edition = composition.complete()
    target = app.store.list(list_name or app.config.publication.list)
    audience = app.store.audience(target.name)
    with app.database.read() as c:
        order = _order(c, edition, target, late)
        found = plan.find(c, order)
        began = None if found is None else status.status(c, found)
        unreached = plan.count(c, audience, edition.issue_id)
        changed = found is not None and plan.content_hash(c, found) != edition.content_hash
    return Offer(target, edition, order, began, changed, 0 if began else unreached, unreached)


def _order(c: sa.Connection, edition: Edition, target: List, late: bool) -> Order:
    order = Order(edition.issue_id, 0, target.id, target.name, target.title, target.list_id)
    if not late:
        return order
    return dataclasses.replace(order, purpose=plan.late_purpose(c, order))


def begin(app: App, composition: Composition, offered: Offer) -> int:
    """Freeze the edition and plan the copies, in one transaction; returns the dispatch's id."""
    audience = app.store.audience(offered.list.name)
    with app.database.write() as c:
        edition_id = editions.store(c, offered.edition, composition.pictures, app.now())
        order = dataclasses.replace(offered.order, edition_id=edition_id)
        return plan.plan(c, order, audience, app.now())


def carry_on(
    app: App, dispatch_id: int, settled: Callable[[State], None]
) -> tuple[DispatchStatus, Ended]:
    """Send what is due of a dispatch, from its stored edition, and close it if nothing is left."""
    with closing(app.liveness()) as liveness:
        parts = Parts(
            database=app.database,
            transport=app.transport(),
            liveness=liveness,
            audience=app.audience,
            maker=_maker(app, dispatch_id),
            clock=app.now,
            settled=settled,
        )
        ended = sender.run(parts)
    with app.database.write() as c:
        control.finish_if_settled(c, dispatch_id, app.now())
        return status.status(c, dispatch_id), ended


def _maker(app: App, dispatch_id: int) -> CopyMaker:
    with app.database.read() as c:
        order = plan.order_of(c, dispatch_id)
        edition = editions.load(c, order.edition_id)
    stencil = compile_stencil(edition, ListHeader(order.list_id, order.list_title))
    return CopyMaker(
        dispatch_id=dispatch_id,
        stencil=stencil,
        list_title=order.list_title,
        links=app.links,
        return_path=split_mailbox(edition.sender)[1],
        domain=app.domain,
        clock=app.now,
    )


def recover(app: App, dispatch_id: int) -> DispatchStatus:
    """The status, once the copies of senders that died are told as uncertain."""
    with closing(app.liveness()) as liveness, app.database.write() as c:
        shards.recover(c, dispatch_id, liveness, app.now())
        return status.status(c, dispatch_id)


def require_sendable(began: DispatchStatus) -> None:
    """Raises UsageError where a dispatch must be dealt with before it can go on."""
    if began.state is DispatchState.PAUSED:
        raise UsageError(
            f"dispatch {began.id} is paused: {began.reason}: mend that, then "
            f"`mailer dispatch resume {began.id}` and send again"
        )


def test_copies(
    app: App, composition: Composition, addresses: Sequence[str], list_name: str | None
) -> list[tuple[str, Outcome]]:
    """Submit a test copy to each address, outside the ledger: "[Test]" in the subject, links
    that change nothing. Raises RelayError, BadAddress."""
    _, edition = composition.complete()
    target = app.store.list(list_name or app.config.publication.list)
    marked = dataclasses.replace(edition, subject=("[Test] ", *edition.subject))
    stencil = compile_stencil(marked, ListHeader(target.list_id, target.title))
    sender_address = split_mailbox(edition.sender)[1]
    maker = CopyMaker(0, stencil, target.title, app.links, sender_address, app.domain, app.now)
    values = {slot.name: f"[{slot.name}]" for slot in edition.slots() if slot.default is None}
    written = [parse_address(address).email for address in addresses]
    copies = [
        maker.make(number, address, _nobody(app), values | _attributes(app, address))
        for number, address in enumerate(written, start=1)
    ]
    return list(zip(written, sender.submit_each(app.transport(), copies), strict=True))


def _nobody(app: App) -> bytes:
    """A token's subject that belongs to no subscription: its links work and change nothing."""
    return app.new_token()


def _attributes(app: App, address: str) -> dict[str, str]:
    try:
        return dict(app.store.show(address).attributes)
    except UnknownSubscriber:
        return {}
