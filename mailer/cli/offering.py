"""What a send, or its end, would do, in words, and whether somebody agrees to it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from mailer.cli.output import emit, say, status_document
from mailer.model.counted import number

if TYPE_CHECKING:
    import datetime as dt

    from mailer.app import App
    from mailer.desk.correcting import Correction
    from mailer.desk.offer import Offer
    from mailer.model.delivery import DispatchStatus


def tell(app: App, made: Offer, when: dt.datetime | None, json: bool) -> None:
    """What would be done, or why nothing is."""
    from mailer.desk.offer import Move

    if made.move is Move.NOTHING and made.began is None:
        where = "in the segment" if made.order.segment else "on the list"
        say(f"everybody {where} has this issue already")
    elif made.move in (Move.BEGIN, Move.START):
        say(f"would {sentence(app, made, when)}")
        say(proof(made))
        say("next: the same command without --dry-run")
    elif made.began is not None:
        say(_since(app, made))
        if made.move is Move.GO_ON and made.began.open:
            say("would send what is left; next: the same command without --dry-run")
    if json:
        emit(status_document(made.began) if made.began else _document(app, made))


def _document(app: App, made: Offer) -> dict[str, object]:
    return {
        "issue": made.edition.issue_id,
        "subject": made.subject,
        "languages": [each.lang for each in made.edition.every],
        "list": made.list.name,
        "segment": made.order.segment,
        "copies": made.count,
        "relay": app.through,
    }


def _since(app: App, made: Offer) -> str:
    """What became of the dispatch that began."""
    began = made.began
    if began is None:
        return ""
    when = (began.started_at or began.created_at).astimezone(app.timezone)
    sent = number(began.sent, "reader")
    left = number(began.open, "copy", "copies")
    missed = f"; {made.unreached:,} joined since or were not reached: add --late"
    joined = missed if made.unreached else ""
    tail = f"{left} left" if began.open else f"{began.state.value}{joined}"
    return f"dispatch {began.id}: sent {when:%d %b %Y} to {sent}; {tail}"


def sentence(app: App, made: Offer, when: dt.datetime | None) -> str:
    """`when` is the time of a send that begins later."""
    at = (when or app.now()).astimezone(app.timezone)
    copies = number(made.count, "copy", "copies")
    counted = " as of now (the audience is picked then)" if when else ""
    tongues = [each.lang for each in made.edition.every]
    languages = f" in {', '.join(tongues)}" if len(tongues) > 1 else ""
    repeated = ", also to those who have it," if made.order.repeats else ""
    segment, whom = made.order.segment, f"the list {made.list.name}"
    whom = f"the segment {segment} of {whom}" if segment else whom
    return (
        f"send, on {at:%a %d %b %Y at %H:%M %Z}, {copies}{counted} of “{made.subject}”{languages}"
        f"{repeated} "
        f"to {whom} through {app.through}"
    )


def proof(made: Offer) -> str:
    """What was seen of the copies that would be sent."""
    seen = made.proof
    if seen is None:
        return ""
    joined = number(seen.joined, "copy was", "copies were")
    return (
        f"every reader has a value for every slot; {joined} looked at, the largest has "
        f"{seen.octets / 1000:,.0f} KB"
    )


def correction_sentence(proposed: Correction) -> str:
    began, copies = proposed.began, number(proposed.count, "copy", "copies")
    return (
        f"send this version in {copies} of dispatch {began.id} (issue {began.issue_id} to "
        f"{began.list_name}) that nobody has yet; {number(began.sent, 'reader')} had another"
    )


def ask(what: str, count: int, hint: str = "add --yes (and --expect N to be safe)") -> None:
    """Have the count typed; raises UsageError where it is not, or where nobody is there."""
    from mailer.errors import UsageError

    _require_somebody(hint)
    say(f"This will {what}.")
    answer = typer.prompt(f"Type {count} to send", err=True)
    if answer.replace(",", "").strip() != str(count):
        raise UsageError(f"you typed {answer!r}, not {count}: nothing was sent")


def ask_to_cancel(status: DispatchStatus) -> None:
    """Have it agreed to; raises UsageError where it is not, or where nobody is there."""
    from mailer.errors import UsageError

    _require_somebody("add --yes")
    copies = f"{number(status.open, 'copy', 'copies')} of {status.total:,}"
    left = f"{copies} left, which nobody will get" if status.started_at else "it has not begun"
    what = f"dispatch {status.id}, issue {status.issue_id} to {status.list_name}"
    say(f"This will cancel {what}: {left}.")
    if not typer.confirm("Cancel it for good?", err=True):
        raise UsageError("you did not say yes: nothing was cancelled")


def _require_somebody(hint: str) -> None:
    from mailer.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError(f"nobody is there to be asked: {hint}")
