"""`mailer send`: an issue to a list."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.output import Json, emit, number, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailer.app import App
    from mailer.desk.composing import Composition
    from mailer.desk.sending import Offer
    from mailer.model.delivery import DispatchStatus, State
    from mailer.sender.run import Ended


def send(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An issue file.")],
    list_name: Annotated[
        str | None, typer.Option("--list", "-l", help="Default: the publication's list.")
    ] = None,
    more: Annotated[list[str] | None, typer.Argument(metavar="[ADDR]...", hidden=True)] = None,
    test: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDR...", help="Test copies to these addresses, and nobody else."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done.")] = False,
    late: Annotated[
        bool, typer.Option("--late", help="To those only whom no dispatch of it reached.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    expect: Annotated[
        int | None, typer.Option(metavar="N", help="Refuse unless it is exactly N copies.")
    ] = None,
    json: Json = False,
) -> None:
    """Send an issue to every confirmed reader of a list, each once. The same command goes on
    where a stopped one left off."""
    from mailer.app import open_app
    from mailer.desk import sending
    from mailer.desk.composing import compose_file

    if more and not test:
        raise typer.BadParameter(f"{more[0]!r} is one word too many", param_hint="FILE")
    publication = open_app(context.obj)
    composition = compose_file(publication, file)
    if test:
        _send_tests(publication, composition, [*test, *(more or [])], list_name)
        return
    offer = sending.offer(publication, composition, list_name, late)
    if offer.began is None:
        composition.require_sound()
    dispatch_id = _agree(publication, composition, offer, dry_run, yes, expect)
    if dispatch_id is None:
        _print_status(offer.began, json)
        return
    with _progress(publication, dispatch_id) as settled:
        status, ended = sending.carry_on(publication, dispatch_id, settled)
    _print_status(status, json)
    raise typer.Exit(_report(publication, status, ended, file))


def _agree(
    publication: App,
    composition: Composition,
    offer: Offer,
    dry_run: bool,
    yes: bool,
    expect: int | None,
) -> int | None:
    """The dispatch to carry on with; None where there is nothing to do."""
    from mailer.desk import sending
    from mailer.errors import MailerError, UsageError

    if offer.began is not None:
        began = sending.recover(publication, offer.began.id)
        return began.id if _goes_on(offer, began) and not dry_run else None
    if offer.count == 0:
        raise MailerError(
            f"list {offer.list.name}: nobody to send to: nobody on it is confirmed and has not "
            "had this issue (`mailer list show` tells the counts)"
        )
    if expect is not None and expect != offer.count:
        raise UsageError(f"--expect {expect}: it would be {number(offer.count, 'copy', 'copies')}")
    sentence = _sentence(publication, offer)
    if dry_run:
        say(f"would {sentence}")
        say("next: the same command without --dry-run")
        return None
    if not yes:
        _confirm(sentence, offer.count)
    return sending.begin(publication, composition, offer)


def _goes_on(offer: Offer, began: DispatchStatus) -> bool:
    """Whether the dispatch that began has something left; raises where it must not go on."""
    from mailer.desk import sending
    from mailer.errors import UsageError
    from mailer.model.delivery import DispatchState, State

    done = (
        f"dispatch {began.id}: sent {began.created_at:%d %b %Y} to "
        f"{number(began.counts[State.SENT], 'reader')}"
    )
    if began.state in (DispatchState.FINISHED, DispatchState.CANCELLED):
        joined = f"; {offer.late:,} joined since: add --late to reach them" if offer.late else ""
        say(f"{done} ({began.state.value}){joined}")
        return False
    sending.require_sendable(began)
    if offer.changed:
        raise UsageError(
            f"{done} and is not finished, but the issue has changed since: put the file (and "
            f"mailer.toml) back to go on, or `mailer dispatch cancel {began.id}`"
        )
    say(f"{done}; {number(began.open, 'copy', 'copies')} left")
    return True


def _sentence(publication: App, offer: Offer) -> str:
    from mailer.model.slot import fill

    now = publication.now().astimezone(publication.timezone)
    return (
        f"send, on {now:%a %d %b %Y at %H:%M %Z}, {number(offer.count, 'copy', 'copies')} of "
        f"“{fill(offer.edition.subject, {})}” to the list {offer.list.name} "
        f"through {publication.transport().name}"
    )


def _confirm(sentence: str, count: int) -> None:
    from mailer.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError("nobody is there to be asked: add --yes (and --expect N to be safe)")
    say(f"This will {sentence}.")
    answer = typer.prompt(f"Type {count} to send", err=True)
    if answer.replace(",", "").strip() != str(count):
        raise UsageError(f"you typed {answer!r}, not {count}: nothing was sent")


@contextmanager
def _progress(publication: App, dispatch_id: int) -> Iterator[Callable[[State], None]]:
    """A bar with rate and time left, where somebody looks at it."""
    if not sys.stderr.isatty():
        yield lambda _state: None
        return
    from rich import progress
    from rich.console import Console

    from mailer.ledger import status

    with publication.database.read() as c:
        total = status.status(c, dispatch_id).open
    columns = (
        progress.TextColumn("sending"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[rate]}"),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total, rate="")

        def settled(_state: State) -> None:
            speed = bar.tasks[0].speed
            bar.update(task, advance=1, rate=f"{speed:,.0f}/s" if speed else "")

        yield settled


def status_document(status: DispatchStatus) -> dict[str, object]:
    return {
        "id": status.id,
        "issue": status.issue_id,
        "list": status.list_name,
        "state": status.state.value,
        "reason": status.reason,
        "counts": {state.value: count for state, count in status.counts.items()},
        "total": status.total,
        "created_at": status.created_at,
        "finished_at": status.finished_at,
    }


def status_line(status: DispatchStatus) -> str:
    counts = ", ".join(f"{n:,} {state.value}" for state, n in status.counts.items() if n)
    reason = f" ({status.reason})" if status.reason else ""
    return (
        f"dispatch {status.id}: issue {status.issue_id} to {status.list_name}: "
        f"{status.state.value}{reason}: {counts or 'empty'} of {status.total:,}"
    )


def _print_status(status: DispatchStatus | None, json: bool) -> None:
    if json:
        emit(status_document(status) if status else None)
    elif status is not None:
        say(status_line(status))


def _report(publication: App, status: DispatchStatus, ended: Ended, file: Path) -> int:
    """What to do next; the exit status of DESIGN's contract."""
    from mailer.model.delivery import DispatchState, State

    if ended.trouble is not None:
        say(f"mailer: {ended.trouble}")
    if status.state is DispatchState.PAUSED:
        say(f"next: mend it, `mailer dispatch resume {status.id}`, and send again")
    elif status.counts[State.UNCERTAIN]:
        say(
            f"next: ask the relay's log about the uncertain ones, then `mailer dispatch resolve "
            f"{status.id} --resend` or `--assume-sent`"
        )
    elif status.open:
        say(f"next: `mailer send {file}` again goes on" + _when(publication, status))
    else:
        say(f"next: `mailer dispatch copies {status.id}` tells who got it")
    left = status.open + status.counts[State.UNCERTAIN]
    if status.counts[State.SENT] == 0 and not (ended.interrupted and left):
        return 1
    return 3 if left else 0


def _when(publication: App, status: DispatchStatus) -> str:
    """From when deferred copies are due: nothing tries them again by itself."""
    from mailer.ledger import status as ledger

    with publication.database.read() as c:
        due = ledger.next_due(c, status.id)
    return (
        f" (deferred copies are due from {due.astimezone(publication.timezone):%H:%M})"
        if due
        else ""
    )


def _send_tests(
    publication: App, composition: Composition, addresses: list[str], list_name: str | None
) -> None:
    from mailer.cli.issue import print_findings
    from mailer.desk import sending
    from mailer.model.outcome import Sent

    print_findings(composition)
    outcomes = sending.test_copies(publication, composition, addresses, list_name)
    for address, outcome in outcomes:
        said = getattr(outcome, "reply", "")
        say(f"{address}: {type(outcome).__name__.lower()}: {said}")
    if not all(isinstance(outcome, Sent) for _, outcome in outcomes):
        raise typer.Exit(1)
    say(f"next: look at it, then `mailer send {composition.file}`")
