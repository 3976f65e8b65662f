"""`mailer subscriber export`: people go where they are wanted, or get what is theirs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from mailer.cli.options import require_one_of
from mailer.cli.output import say
from mailer.cli.progress import counting
from mailer.model.counted import number

if TYPE_CHECKING:
    from mailer.app import App


class Form(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"
    MAILCHIMP = "mailchimp"
    LISTMONK = "listmonk"
    BUTTONDOWN = "buttondown"
    GHOST = "ghost"


def export(
    context: typer.Context,
    list_name: Annotated[
        str, typer.Option("--list", "-l", metavar="NAME", help="Default: the publication's list.")
    ] = "",
    form: Annotated[
        Form | None,
        typer.Option("--format", help="Whose form; csv, the default, and jsonl are our own."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A new file; default: what is printed.")
    ] = None,
    person: Annotated[
        str, typer.Option(metavar="ADDR", help="All that is held of one person, into a ZIP file.")
    ] = "",
) -> None:
    """Write everybody on a list, in whatever state, for a spreadsheet, for our own import or for
    another program; or, with --person, all that we hold of somebody who asks. Cells that a
    spreadsheet would run begin with an apostrophe."""
    from mailer.app import open_app

    options = {"--person": person, "--list": list_name, "--format": form}
    require_one_of(options, ("--person", "--list"), ("--person", "--format"))
    app = open_app(context.obj)
    if person:
        _export_person(app, person, out)
    else:
        _export_list(app, list_name or app.config.publication.list, form or Form.CSV, out)


def _export_list(app: App, list_name: str, form: Form, out: Path | None) -> None:
    from subscribers.exporting import exporter

    if out is None and form.value in exporter.PACKED:
        raise typer.BadParameter(f"{form.value} is a ZIP file: name it", param_hint="--out")
    with _written(out) as stream, counting("people written") as (told,):
        done = exporter.export(app.store, list_name, form.value, stream, told)
    say(f"{number(done.written, 'person', 'people')} of list {list_name}")
    if done.left_out:
        say(f"{number(done.left_out, 'person', 'people')} left out: {form.value} has no such state")
    say("next: keep it as you keep the database: it holds addresses")


def _export_person(app: App, address: str, out: Path | None) -> None:
    from mailer.desk import holdings, parcel

    if out is None:
        raise typer.BadParameter("with --person it is a ZIP file: name it", param_hint="--out")
    held = holdings.whole(app, address)
    with _written(out) as stream:
        parcel.pack(app, held, stream)
    say(f"next: hand {out} to {held.person.email}, once you know that it is they who ask")


@contextmanager
def _written(out: Path | None) -> Iterator[IO[bytes]]:
    """A new file that only its owner can read, or what is printed."""
    from mailer import files
    from mailer.errors import UsageError

    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if out.exists():
        raise UsageError(f"{out}: is there already: name a new file, or move that one away")
    with files.written_atomically(out, mode=0o600) as stream:
        yield stream
