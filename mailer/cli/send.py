"""`mailer send`: an issue to a list."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.output import (
    File,
    Json,
    command,
    emit,
    number,
    say,
    status_document,
    status_line,
)
from mailer.cli.progress import counting

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailer.app import App
    from mailer.desk.composing import Composition
    from mailer.desk.offer import Offer
    from mailer.desk.sending import Sending


More = Annotated[list[str] | None, typer.Argument(metavar="[ADDR]...", hidden=True)]
ListName = Annotated[str | None, typer.Option("--list", "-l", help="Default: the publication's.")]
Test = Annotated[
    list[str] | None,
    typer.Option(metavar="ADDR...", help="Test copies to these addresses, and nobody else."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done.")]
Late = Annotated[bool, typer.Option("--late", help="To those whom no dispatch of it reached.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Expect = Annotated[
    int | None, typer.Option(metavar="N", help="Refuse unless it is exactly N copies.")
]


def send(
    context: typer.Context,
    file: File,
    more: More = None,
    list_name: ListName = None,
    test: Test = None,
    dry_run: DryRun = False,
    late: Late = False,
    yes: Yes = False,
    expect: Expect = None,
    json: Json = False,
) -> None:
    """Send an issue to every confirmed reader of a list, each once. The same command goes on
    where a stopped one left off."""
    from mailer.app import open_app
    from mailer.desk import offer
    from mailer.desk.composing import compose_file

    if more and not test:
        raise typer.BadParameter(f"{more[0]!r} is one word too many", param_hint="FILE")
    app = open_app(context.obj)
    composition = compose_file(app, file)
    if test:
        again = command(context.obj, "send", file, *_listed(list_name))
        _send_tests(app, composition, [*test, *(more or [])], list_name, json)
        say(f"next: look at it, then {again}")
        return
    with counting("looking at readers") as told:
        made = offer.offer(app, composition, list_name, late, expect, told)
    if dry_run or made.move is offer.Move.NOTHING:
        _tell(app, made, json)
        return
    if made.move is offer.Move.BEGIN and not yes:
        _confirm(app, made)
    dispatch_id = made.began.id if made.began else offer.begin(app, composition, made)
    ended = _carry_on(app, dispatch_id, json)
    again = command(context.obj, "send", file, *_listed(list_name), *(["--late"] if late else []))
    say(f"next: {_next(app, ended, again)}")
    raise typer.Exit(ended.exit_status)


def _listed(list_name: str | None) -> tuple[str, ...]:
    return ("--list", list_name) if list_name else ()


def _tell(app: App, made: Offer, json: bool) -> None:
    """What would be done, or why nothing is."""
    from mailer.desk.offer import Move

    if made.began is not None:
        say(_since(app, made))
        if made.move is Move.GO_ON and made.began.open:
            say("would send what is left; next: the same command without --dry-run")
    elif made.move is Move.NOTHING:
        say("everybody on the list has this issue already")
    else:
        say(f"would {_sentence(app, made)}")
        say(_proof(made))
        say("next: the same command without --dry-run")
    if json:
        emit(status_document(made.began) if made.began else _offer_document(app, made))


def _offer_document(app: App, made: Offer) -> dict[str, object]:
    return {
        "issue": made.edition.issue_id,
        "subject": made.subject,
        "list": made.list.name,
        "copies": made.count,
        "relay": app.transport().name,
    }


def _since(app: App, made: Offer) -> str:
    """What became of the dispatch that began."""
    began = made.began
    if began is None:
        return ""
    when = began.created_at.astimezone(app.timezone)
    sent = number(began.sent, "reader")
    left = number(began.open, "copy", "copies")
    missed = f"; {made.unreached:,} joined since or were not reached: add --late"
    joined = missed if made.unreached else ""
    tail = f"{left} left" if began.open else f"{began.state.value}{joined}"
    return f"dispatch {began.id}: sent {when:%d %b %Y} to {sent}; {tail}"


def _sentence(app: App, made: Offer) -> str:
    now = app.now().astimezone(app.timezone)
    return (
        f"send, on {now:%a %d %b %Y at %H:%M %Z}, {number(made.count, 'copy', 'copies')} of "
        f"“{made.subject}” to the list {made.list.name} through {app.transport().name}"
    )


def _proof(made: Offer) -> str:
    """What was seen of the copies that would be sent."""
    seen = made.proof
    if seen is None:
        return ""
    joined = number(seen.joined, "copy was", "copies were")
    return (
        f"every reader has a value for every slot; {joined} looked at, the largest has "
        f"{seen.octets / 1000:,.0f} KB"
    )


def _confirm(app: App, made: Offer) -> None:
    from mailer.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError("nobody is there to be asked: add --yes (and --expect N to be safe)")
    say(_proof(made))
    say(f"This will {_sentence(app, made)}.")
    answer = typer.prompt(f"Type {made.count} to send", err=True)
    if answer.replace(",", "").strip() != str(made.count):
        raise UsageError(f"you typed {answer!r}, not {made.count}: nothing was sent")


def _carry_on(app: App, dispatch_id: int, json: bool) -> Sending:
    from mailer.desk import sending

    with _progress(app, dispatch_id) as settled:
        ended = sending.carry_on(app, dispatch_id, settled, _notice)
    if json:
        emit(status_document(ended.status))
    else:
        say(status_line(ended.status))
    if ended.trouble is not None:
        say(f"mailer: {ended.trouble}")
    return ended


def _notice(line: str) -> None:
    """A send goes on when nobody reads what it says."""
    with suppress(OSError):
        say(line)


@contextmanager
def _progress(app: App, dispatch_id: int) -> Iterator[Callable[[int], None]]:
    """A bar with rate and time left, where somebody looks at it."""
    if not sys.stderr.isatty():
        yield lambda _count: None
        return
    from rich import progress
    from rich.console import Console

    from mailer.desk import dispatches

    total = dispatches.of(app, dispatch_id).open
    columns = (
        progress.TextColumn("sending"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[rate]}"),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total, rate="")

        def settled(count: int) -> None:
            speed = bar.tasks[0].speed
            with suppress(OSError):
                bar.update(task, advance=count, rate=f"{speed:,.0f}/s" if speed else "")

        yield settled


def _next(app: App, ended: Sending, again: str) -> str:
    """What to do now."""
    from mailer.desk import dispatches
    from mailer.model.delivery import DispatchState, State

    status = ended.status
    if status.state is DispatchState.PAUSED:
        return f"mend it, `mailer dispatch resume {status.id}`, and {again}"
    steps = []
    if status.open and status.state is not DispatchState.CANCELLED:
        due = dispatches.next_due(app, status.id)
        when = f" (deferred copies are due from {due:%d %b %H:%M})" if due else ""
        steps.append(f"{again} goes on{when}")
    if status.counts[State.UNCERTAIN]:
        resend = "" if status.state is DispatchState.CANCELLED else "--resend` or `"
        steps.append(
            "ask the relay's log about the uncertain ones and decide: `mailer dispatch resolve "
            f"{status.id} {resend}--assume-sent`"
        )
    if steps:
        return "; ".join(steps)
    return f"`mailer dispatch copies {status.id}` tells who got it"


def _send_tests(
    app: App, composition: Composition, addresses: list[str], list_name: str | None, json: bool
) -> None:
    """The findings are listed and stop nothing."""
    from mailer.cli.issue import finding_lines
    from mailer.desk import sending
    from mailer.model.outcome import Sent

    for line in finding_lines(composition):
        say(line)
    outcomes = sending.test_copies(app, composition, addresses, list_name)
    rows = [(to, type(o).__name__.lower(), str(getattr(o, "reply", ""))) for to, o in outcomes]
    for row in rows:
        say(": ".join(row))
    if json:
        emit([dict(zip(("address", "outcome", "reply"), row, strict=True)) for row in rows])
    if not all(isinstance(outcome, Sent) for _, outcome in outcomes):
        raise typer.Exit(1)
