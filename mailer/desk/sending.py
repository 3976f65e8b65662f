"""Sending: a dispatch from where it stands, and test copies."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from mailer.app import App
from mailer.desk import counting, letters, post, probe, refusals
from mailer.desk.composing import compose_file
from mailer.desk.composition import Composition
from mailer.desk.sampling import sampled
from mailer.desk.sign_up import sign_ups
from mailer.errors import DatabaseError, MailerError
from mailer.fetch import Fetcher
from mailer.ledger import control, editions, plan, schedule, status
from mailer.ledger.liveness import Liveness
from mailer.ledger.record import Result
from mailer.message.feedback_id import feedback_id
from mailer.message.stencil import ListHeader
from mailer.message.variants import Variants
from mailer.model.audience import WHOLE
from mailer.model.delivery import DispatchState, DispatchStatus, State
from mailer.model.edition import Edition, PictureFile
from mailer.model.outcome import Outcome
from mailer.model.slot import RESERVED_SLOTS, said
from mailer.sender import run as sender
from mailer.sender.alarm import Threshold
from mailer.sender.canary import Canary
from mailer.sender.copies import CopyMaker
from mailer.sender.parts import Pace, Parts, unheard
from mailer.sender.retry import Policy
from mailer.sender.run import Ended, Stop
from mailer.sender.supply import Supply
from subscribers.address import parse as parse_address
from subscribers.errors import UnknownSubscriber

DONE, FAILED, LEFT = 0, 1, 3


@dataclass(frozen=True, slots=True)
class Sending:
    """How a send ended: what the ledger says now, and what came in between."""

    status: DispatchStatus
    trouble: MailerError | None
    interrupted: bool

    @property
    def left(self) -> int:
        """Copies that are not settled for good."""
        return self.status.open + self.status.counts[State.UNCERTAIN]

    @property
    def held(self) -> bool:
        """Whether copies wait for a relay's limit or a domain's rest: to begin anew at once would
        change nothing."""
        waits = self.status.state is DispatchState.OPEN and self.status.counts[State.PLANNED]
        return bool(waits) and not self.interrupted

    @property
    def exit_status(self) -> int:
        """0 all settled and at least one sent, 1 none sent, 3 stopped with work left."""
        if self.status.counts[State.SENT] == 0 and not (self.interrupted and self.left):
            return FAILED
        return LEFT if self.left else DONE


def take_on(
    app: App, dispatch_id: int, settled: Callable[[int], None], notice: Callable[[str], None]
) -> Sending:
    """`carry_on` for somebody at a terminal: the dispatch is taken back from the workers, who do
    not go on with it where this run is stopped or killed."""
    with app.database.write() as c:
        schedule.take_back(c, dispatch_id, app.actor)
    return carry_on(app, dispatch_id, settled, notice)


def carry_on(
    app: App,
    dispatch_id: int,
    settled: Callable[[int], None],
    notice: Callable[[str], None],
    stop: Stop | None = None,
    supply: Supply | None = None,
    missed: Callable[[Result], None] = unheard,
) -> Sending:
    """Send what is due of a dispatch, from its stored edition, and close it if nothing is left.
    What is, is the workers' to send, unless the run was interrupted. The editor is told.

    `supply` names the shards to send; without it, it is any that is free. `notice` gets a line for
    whoever waits, when a connection is lost and tried again; `missed` what became of each attempt
    that did not end in `sent`.
    """
    with app.database.read() as c:
        waiting = status.status(c, dispatch_id).open
    ended = Ended(False, None)
    if waiting:
        with sampled(app, dispatch_id):
            ended = _runs(app, dispatch_id, settled, notice, stop, supply, missed)
    try:
        now = _closed(app, dispatch_id, ended)
    except DatabaseError:
        if ended.trouble is None:
            raise
        with app.database.read() as c:  # what the run met is what there is to say
            now = status.status(c, dispatch_id)
    _take_in_refusals(app, dispatch_id, notice)
    letters.mail_due(app, notice, dispatch_id)
    return Sending(now, ended.trouble, ended.interrupted)


def _take_in_refusals(app: App, dispatch_id: int, notice: Callable[[str], None]) -> None:
    """The copies are sent, whatever comes of this."""
    try:
        refusals.take_in(app, dispatch_id)
    except DatabaseError as error:
        notice(f"{error}: whose address a relay called dead is suppressed after the next run")


def _closed(app: App, dispatch_id: int, ended: Ended) -> DispatchStatus:
    """The dispatch after a run: what it left on the wire is uncertain; finished if nothing is."""
    with closing(app.liveness()) as liveness, app.database.write() as c:
        control.tidy(c, dispatch_id, liveness, app.now())
        now = status.status(c, dispatch_id)
        if now.open and not ended.interrupted:
            schedule.hand_over(c, dispatch_id, app.actor)
            app.engine.enqueue(c, dispatch_id)
        return status.status(c, dispatch_id)


def _runs(
    app: App,
    dispatch_id: int,
    settled: Callable[[int], None],
    notice: Callable[[str], None],
    stop: Stop | None,
    supply: Supply | None,
    missed: Callable[[Result], None],
) -> Ended:
    """One run, and another one where the dispatch was corrected meanwhile."""
    if app.mails_strangers and not app.config.send.probe:
        notice(probe.OFF)
    while True:
        maker = _stored_maker(app, dispatch_id)
        with closing(app.liveness()) as liveness:
            parts = _parts(app, maker, liveness, settled, notice, supply, missed)
            ended = sender.run(parts, stop)
        with app.database.read() as c:
            newest = plan.order_of(c, dispatch_id).edition_id
        if ended.interrupted or ended.trouble is not None or newest == maker.edition_id:
            return ended


def _parts(
    app: App,
    maker: CopyMaker,
    liveness: Liveness,
    settled: Callable[[int], None],
    notice: Callable[[str], None],
    supply: Supply | None,
    missed: Callable[[Result], None],
) -> Parts:
    send = app.config.send
    return Parts(
        database=app.database,
        routes=app.routes(),
        liveness=liveness,
        audience=app.audience_with(sign_up=maker.more is not None),
        maker=maker,
        clock=app.shared_clock(),
        domains=app.domain_limits(),
        policy=Policy(age=send.retry_for),
        threshold=Threshold(send.stop_at_failures, send.stop_at_refusals, send.stop_after),
        canary=Canary(send.canary, send.canary_above),
        pace=Pace(patience=send.patience.total_seconds(), silence=app.silence),
        supply=supply,
        settled=settled,
        notice=notice,
        missed=missed,
    )


def _stored_maker(app: App, dispatch_id: int) -> CopyMaker:
    with app.database.read() as c:
        order = plan.order_of(c, dispatch_id)
        edition = editions.load(c, order.edition_id)
        files = editions.carried(c, edition)
    header = list_header(app, dispatch_id, order.list_name, order.list_title, order.list_id)
    leaving = counting.led_over_our_pages(app, dispatch_id, edition)
    return maker_of(app, dispatch_id, order.edition_id, leaving, header, files)


def list_header(app: App, dispatch_id: int, name: str, title: str, list_id: str) -> ListHeader:
    """What a list and a dispatch add to each message."""
    return ListHeader(list_id, title, feedback_id(dispatch_id, name, app.config.publication.id))


def maker_of(
    app: App,
    dispatch_id: int,
    edition_id: int,
    edition: Edition,
    header: ListHeader,
    files: Iterable[PictureFile],
) -> CopyMaker:
    """Makes the copies of an edition to a list; `files` holds every picture that they carry."""
    variants, told = Variants(edition, header, tuple(files)), sign_ups(app, edition)
    return CopyMaker(
        dispatch_id=dispatch_id,
        edition_id=edition_id,
        stencil=variants.stencil(0),
        list_title=header.title,
        links=app.links,
        return_path=app.return_path(edition.sender),
        domain=app.domain,
        clock=app.now,
        signer=app.signer,
        variants=variants,
        more=None if told is None else told.values,
    )


def for_tests(app: App, composition: Composition, fetcher: Fetcher | None = None) -> Composition:
    """The same, with its pictures in the mail where the public URL does not show them (yet)."""
    edition = composition.edition
    if edition is None or probe.shows_pictures(app, edition, fetcher):
        return composition
    return compose_file(app, composition.file, carried=True)


def test_copies(
    app: App, composition: Composition, addresses: Sequence[str], list_name: str | None
) -> list[tuple[str, Outcome]]:
    """Submit a test copy to each address, outside the ledger: "[Test]" in the subject, links
    that change nothing, with the blocks of every audience. Raises RelayError, BadAddress,
    UnknownList."""
    _, edition = composition.complete()
    target = app.store.list(list_name or app.config.publication.list)
    marked = dataclasses.replace(edition, subject=("[Test] ", *edition.subject))
    header = list_header(app, 0, target.name, target.title, target.list_id)
    maker = maker_of(app, 0, 0, marked, header, composition.pictures)
    shown = {
        slot.name: f"[{slot.name}]"
        for slot in edition.slots()
        if slot.default is None and slot.name not in RESERVED_SLOTS
    }
    written = [parse_address(address).email for address in addresses]
    copies = [
        # The id belongs to no subscription: the links work and change nothing.
        maker.make(number, address, app.new_token(), {**shown, **_attributes(app, address)}, WHOLE)
        for number, address in enumerate(written, start=1)
    ]
    return list(zip(written, post.submit_each(app, copies), strict=True))


def _attributes(app: App, address: str) -> Mapping[str, str]:
    try:
        return said(app.store.show(address).attributes)
    except UnknownSubscriber:
        return {}
