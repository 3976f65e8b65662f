"""`mailer dispatch`: what was sent, and what is still to be decided."""

from __future__ import annotations

import csv
import dataclasses
import sys
from typing import Annotated

import typer

from mailer.cli import approval
from mailer.cli.output import Json, emit, number, say, show, status_document, status_line

app = typer.Typer(no_args_is_help=True, help="Dispatches: list, status, copies, control, resolve.")
MOST = 2**63 - 1  # what the database can number
Id = Annotated[
    int, typer.Argument(metavar="ID", min=1, max=MOST, help="A dispatch, see `dispatch list`.")
]


@app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """Every dispatch, the latest first."""
    from mailer.app import open_app
    from mailer.desk import dispatches

    found = dispatches.listed(open_app(context.obj))
    if json:
        emit([status_document(entry) for entry in found])
        return
    for entry in found:
        show(status_line(entry))
    say("next: `mailer dispatch status ID`" if found else "next: `mailer send FILE`")


@app.command("status")
def status_(
    context: typer.Context,
    dispatch_id: Annotated[
        int | None, typer.Argument(metavar="[ID]", min=1, max=MOST, help="Default: the latest.")
    ] = None,
    json: Json = False,
) -> None:
    """How far a dispatch is."""
    from mailer.app import open_app
    from mailer.desk import approving, dispatches

    app = open_app(context.obj)
    found = dispatches.of(app, dispatch_id)
    word = approving.of_dispatch(app, found.id)
    if json:
        emit({**status_document(found), "approved": word and approval.document(word)})
    else:
        show(status_line(found))
        if word is not None:
            show(f"approved by {approval.phrase(app, word)}")
    say(f"next: `mailer dispatch copies {found.id}`")


@app.command()
def copies(
    context: typer.Context,
    dispatch_id: Id,
    state: Annotated[
        str | None, typer.Option(metavar="S", help="Only those planned, sent, failed, ….")
    ] = None,
    json: Json = False,
) -> None:
    """Who got it and who did not, and why: CSV, or JSON."""
    from mailer.app import open_app
    from mailer.desk import dispatches
    from mailer.model.delivery import DeliveryRow, State

    if state is not None and state not in list(State):
        raise typer.BadParameter(f"{state!r}: use one of {', '.join(State)}", param_hint="--state")
    rows = dispatches.copies(open_app(context.obj), dispatch_id, State(state) if state else None)
    if json:
        emit([dataclasses.asdict(row) for row in rows])
    else:
        names = [field.name for field in dataclasses.fields(DeliveryRow)]
        writer = csv.DictWriter(sys.stdout, names, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow(dataclasses.asdict(row) | {"changed_at": row.changed_at.isoformat()})
    say(f"next: `mailer dispatch status {dispatch_id}`")


@app.command()
def resolve(
    context: typer.Context,
    dispatch_id: Id,
    resend: Annotated[bool, typer.Option("--resend", help="Send them again.")] = False,
    assume_sent: Annotated[bool, typer.Option("--assume-sent", help="Take them for sent.")] = False,
) -> None:
    """Decide about the uncertain copies: their readers may or may not have them."""
    from mailer.app import open_app
    from mailer.desk import dispatches
    from mailer.model.delivery import State

    if resend == assume_sent:
        raise typer.BadParameter("give one of --resend and --assume-sent")
    to = State.PLANNED if resend else State.SENT
    decided = dispatches.resolve(open_app(context.obj), dispatch_id, to)
    show(f"{number(decided, 'copy', 'copies')}: now {to.value}")
    say("next: the same `mailer send` sends them" if resend and decided else "next: nothing")


@app.command()
def pause(context: typer.Context, dispatch_id: Id) -> None:
    """Begin no further copy, also in a sender that is at work, until `resume`."""
    from mailer.app import open_app
    from mailer.desk import dispatches

    show(status_line(dispatches.pause(open_app(context.obj), dispatch_id)))
    say(f"next: `mailer dispatch resume {dispatch_id}`")


@app.command()
def resume(context: typer.Context, dispatch_id: Id) -> None:
    """Let a paused dispatch go on with the next `mailer send`."""
    from mailer.app import open_app
    from mailer.desk import dispatches

    show(status_line(dispatches.resume(open_app(context.obj), dispatch_id)))
    say("next: the same `mailer send FILE` again")


@app.command()
def cancel(context: typer.Context, dispatch_id: Id) -> None:
    """Never send what is not yet sent. This cannot be taken back."""
    from mailer.app import open_app
    from mailer.desk import dispatches

    show(status_line(dispatches.cancel(open_app(context.obj), dispatch_id)))
    say(f"next: `mailer dispatch copies {dispatch_id}`")
