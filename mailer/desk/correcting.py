"""A dispatch that goes on with a mended issue, for those whom it has not yet reached."""

from __future__ import annotations

from dataclasses import dataclass

from mailer.app import App
from mailer.desk import dispatches, offer, probe, translating
from mailer.desk.composition import Composition
from mailer.desk.proof import Mailing, Told, prove
from mailer.errors import UsageError
from mailer.ledger import control, correction, editions, plan
from mailer.model.command import command
from mailer.model.delivery import DispatchState, DispatchStatus, State
from mailer.model.edition import Edition

_MAY = (DispatchState.SCHEDULED, DispatchState.OPEN, DispatchState.PAUSED)


@dataclass(frozen=True, slots=True)
class Correction:
    """`count` is how many copies would carry the mended edition."""

    began: DispatchStatus
    edition: Edition
    count: int


def propose(
    app: App,
    composition: Composition,
    dispatch_id: int,
    expect: int | None,
    told: Told = lambda _readers: None,
) -> Correction:
    """What a correction would do; raises what stands in its way: IssueRefused, UsageError. `told`
    as for an offer."""
    _, edition = composition.complete()
    began = dispatches.recover(app, dispatch_id)
    _require_unfinished(began, composition)
    with app.database.read() as c:
        order = plan.order_of(c, dispatch_id)
        known = plan.content_hash(c, dispatch_id)
        planned = editions.load(c, order.edition_id)
        audience = offer.audience_of(app, order)
        everybody, unreached = plan.size(c, audience), plan.count(c, audience, order.issue_id)
    _require_another(began, planned, known, edition)
    if began.started_at is not None:
        _require_same_variants(began, planned, edition)
    offer.require_ready(app, composition)
    waiting = unreached if began.started_at is None else 0
    count = waiting + began.counts[State.PLANNED] + began.counts[State.DEFERRED]
    _require_somebody(began, count, expect)
    # Whoever may still get a copy is on the list; those who have one cost only time.
    header = offer.header_of(app, order)
    prove(app, Mailing(edition, composition.pictures, header, audience, everybody), told)
    return Correction(began, edition, count)


def correct(app: App, composition: Composition, proposed: Correction) -> None:
    """Freeze the mended edition and let the dispatch go on with it, in one transaction.

    Raises Unreachable where what its readers will ask for does not answer.
    """
    probe.before_sending(app, proposed.edition, composition.pictures)
    dispatch_id = proposed.began.id
    with app.database.write() as c:
        now = control.held(c, dispatch_id)
        _require_unfinished(now, composition)
        edition_id = editions.store(c, proposed.edition, composition.pictures, app.now())
        correction.correct(c, dispatch_id, edition_id, app.actor)
        if now.started_at is not None:
            translating.show_pages(c, app, proposed.edition, composition.pictures)
        if now.state is DispatchState.PAUSED:
            control.resume(c, dispatch_id, app.actor)


def _require_unfinished(now: DispatchStatus, composition: Composition) -> None:
    if now.state not in _MAY:
        raise UsageError(
            f"dispatch {now.id} is {now.state}: nobody is left to get another version: "
            f"{command('issue', 'correct', composition.file, '--note', 'TEXT')} mends the page on "
            "the web"
        )


def _require_another(began: DispatchStatus, planned: Edition, known: str, edition: Edition) -> None:
    """Another version, of the same issue in the same language; `known` is the hash now."""
    sends, found = _named(planned), _named(edition)
    if sends != found:
        raise UsageError(
            f"dispatch {began.id} sends {sends}, not {found}: name the file that it was begun with"
        )
    if known == edition.content_hash:
        raise UsageError(f"dispatch {began.id} sends this version already: nothing to correct")


def _require_same_variants(began: DispatchStatus, planned: Edition, edition: Edition) -> None:
    """Who gets which blocks, and which language, was settled when the copies were planned."""
    if planned.audiences != edition.audiences:
        blocks = ", ".join(planned.audiences) or "no segment"
        raise UsageError(
            f"dispatch {began.id} was planned with blocks for {blocks}, in that order: a "
            "correction keeps them"
        )
    before, now = ([each.lang for each in every] for every in (planned.every, edition.every))
    if before != now:
        raise UsageError(
            f"dispatch {began.id} was planned in {', '.join(before)}: a correction keeps that"
        )


def _named(edition: Edition) -> str:
    return f"issue {edition.issue_id} ({edition.lang})"


def _require_somebody(began: DispatchStatus, count: int, expect: int | None) -> None:
    if count == 0:
        raise UsageError(
            f"dispatch {began.id}: no copy is left that could carry another version: "
            f"`mailer dispatch status {began.id}` tells the counts"
        )
    if expect not in (None, count):
        raise UsageError(f"--expect {expect}: it is {count:,}: nothing was changed")
