"""`mailer dispatch`: what was sent, and what is still to be decided."""

from __future__ import annotations

import csv
import dataclasses
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.output import Json, emit, number, say, show
from mailer.cli.send import status_document, status_line

if TYPE_CHECKING:
    from mailer.app import App
    from mailer.model.delivery import DispatchStatus

app = typer.Typer(no_args_is_help=True, help="Dispatches: list, status, copies, control, resolve.")
Id = Annotated[int, typer.Argument(metavar="ID", help="A dispatch (`mailer dispatch list`).")]


@app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """Every dispatch, the latest first."""
    from mailer.app import open_app
    from mailer.ledger import status

    with open_app(context.obj).database.read() as c:
        found = status.statuses(c)
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
        int | None, typer.Argument(metavar="[ID]", help="Default: the latest.")
    ] = None,
    json: Json = False,
) -> None:
    """How far a dispatch is."""
    from mailer.app import open_app
    from mailer.desk import sending
    from mailer.ledger import status

    publication = open_app(context.obj)
    with publication.database.read() as c:
        found = status.status(c, dispatch_id)
    found = sending.recover(publication, found.id)
    if json:
        emit(status_document(found))
    else:
        show(status_line(found))
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
    from mailer.ledger import status
    from mailer.model.delivery import DeliveryRow, State

    if state is not None and state not in list(State):
        raise typer.BadParameter(f"{state!r}: use one of {', '.join(State)}", param_hint="--state")
    with open_app(context.obj).database.read() as c:
        status.status(c, dispatch_id)
        rows = status.copies(c, dispatch_id, State(state) if state else None)
        if json:
            emit([dataclasses.asdict(row) for row in rows])
        else:
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow([field.name for field in dataclasses.fields(DeliveryRow)])
            for row in rows:
                values = dataclasses.asdict(row) | {"changed_at": row.changed_at.isoformat()}
                writer.writerow(values.values())
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
    from mailer.desk import sending
    from mailer.ledger import control
    from mailer.model.delivery import State

    if resend == assume_sent:
        raise typer.BadParameter("give one of --resend and --assume-sent")
    publication = open_app(context.obj)
    sending.recover(publication, dispatch_id)
    to = State.PLANNED if resend else State.SENT
    with publication.database.write() as c:
        decided = control.resolve(c, dispatch_id, to, publication.now())
        control.finish_if_settled(c, dispatch_id, publication.now())
    show(f"{number(decided, 'copy', 'copies')}: now {to.value}")
    say("next: the same `mailer send` sends them" if resend and decided else "next: nothing")


@app.command()
def pause(context: typer.Context, dispatch_id: Id) -> None:
    """Begin no further copy, also in a sender that is at work, until `resume`."""
    from mailer.app import open_app
    from mailer.ledger import control

    publication = open_app(context.obj)
    with publication.database.write() as c:
        control.pause(c, dispatch_id, "paused by the editor")
    _print(publication, dispatch_id, f"next: `mailer dispatch resume {dispatch_id}`")


@app.command()
def resume(context: typer.Context, dispatch_id: Id) -> None:
    """Let a paused dispatch go on with the next `mailer send`."""
    from mailer.app import open_app
    from mailer.ledger import control

    publication = open_app(context.obj)
    with publication.database.write() as c:
        control.resume(c, dispatch_id)
    _print(publication, dispatch_id, "next: the same `mailer send FILE` again")


@app.command()
def cancel(context: typer.Context, dispatch_id: Id) -> None:
    """Never send what is not yet sent. This cannot be taken back."""
    from mailer.app import open_app
    from mailer.ledger import control

    publication = open_app(context.obj)
    with publication.database.write() as c:
        control.cancel(c, dispatch_id, publication.now())
    _print(publication, dispatch_id, f"next: `mailer dispatch copies {dispatch_id}`")


def _print(publication: App, dispatch_id: int, after: str) -> None:
    from mailer.ledger import status

    with publication.database.read() as c:
        found: DispatchStatus = status.status(c, dispatch_id)
    show(status_line(found))
    say(after)
