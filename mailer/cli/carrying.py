"""A dispatch being sent, as somebody at the terminal sees it, and what to do after it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from mailer.cli.output import emit, say, status_document, status_line
from mailer.cli.progress import advancing
from mailer.model.command import command

if TYPE_CHECKING:
    from mailer.app import App
    from mailer.desk.sending import Sending
    from mailer.model.delivery import DispatchStatus

_REASONS = 3


def carry_on(app: App, dispatch_id: int, json: bool) -> Sending:
    from mailer.desk import dispatches, sending

    with advancing("sending", lambda: dispatches.of(app, dispatch_id).open) as settled:
        ended = sending.take_on(app, dispatch_id, settled, notice)
    report(app, ended.status, json)
    if ended.trouble is not None:
        say(f"mailer: {ended.trouble}")
        return ended
    for line in _failures(app, ended.status):
        say(line)
    return ended


def _failures(app: App, status: DispatchStatus) -> list[str]:
    """Why copies failed for good, the most frequent reasons; another reader's words may differ."""
    from mailer.desk import dispatches
    from mailer.model.delivery import State

    failed = status.counts[State.FAILED]
    found = dispatches.refusals(app, status.id) if failed else []
    told = [(why.count, f"{why.reason} {why.text}".strip()) for why in found]
    return [f"{count:,} failed: {said}" for count, said in told if said][:_REASONS]


def report(app: App, status: DispatchStatus, json: bool) -> None:
    """How a `send` ends: a document for a program, a line for a person."""
    if json:
        emit(status_document(status))
    else:
        say(status_line(status, app.timezone))


def notice(line: str) -> None:
    """A send goes on when nobody reads what it says."""
    with suppress(OSError):
        say(line)


def next_step(app: App, status: DispatchStatus, again: str) -> str:
    """What to do now; `again` is the command that goes on."""
    from mailer.model.delivery import DispatchState, State

    if status.state is DispatchState.PAUSED:
        mend = "" if status.paused_by_hand else "mend it, "
        return f"{mend}{command('dispatch', 'resume', status.id)}, and {again}"
    steps = []
    if status.open and status.state is not DispatchState.CANCELLED:
        steps.append(_left(app, status, again))
    if status.counts[State.UNCERTAIN]:
        cancelled = status.state is DispatchState.CANCELLED
        either = ("--assume-sent",) if cancelled else ("--resend", "--assume-sent")
        ways = [command("dispatch", "resolve", status.id, way) for way in either]
        told = "ask the relay's log about the uncertain ones and decide"
        steps.append(f"{told}: {' or '.join(ways)}")
    if steps:
        return "; ".join(steps)
    return f"{command('dispatch', 'copies', status.id)} tells who got it"


def _left(app: App, status: DispatchStatus, again: str) -> str:
    """Who sends what is left, and from when on."""
    from mailer.desk import dispatches

    due = dispatches.next_due(app, status.id)
    when = f" (deferred copies are due from {due:%d %b %H:%M})" if due else ""
    if not status.queued:
        return f"{again} goes on{when}"
    if dispatches.worker_seen(app):
        return f"nothing: the worker goes on{when}"
    return f"no worker is running: start {command('worker')}, or {again} goes on{when}"
