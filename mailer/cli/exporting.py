"""`mailer subscriber export`: people go where they are wanted, or get what is theirs."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.output import number, say


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
        Form, typer.Option("--format", help="Whose form; csv and jsonl are our own.")
    ] = Form.CSV,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A new file; default: what is printed.")
    ] = None,
) -> None:
    """Write everybody on a list, in whatever state, for a spreadsheet, for our own import or for
    another program. Cells that a spreadsheet would run begin with an apostrophe."""
    from mailer import files
    from mailer.app import open_app
    from mailer.errors import UsageError
    from subscribers.exporting import exporter

    app = open_app(context.obj)
    target = list_name or app.config.publication.list
    if out is None:
        if form.value in exporter.PACKED:
            raise UsageError(f"--format {form.value} is a ZIP file: name it with --out FILE")
        done = exporter.export(app.store, target, form.value, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    elif out.exists():
        raise UsageError(f"{out}: is there already: name a new file, or move that one away")
    else:
        with files.written_atomically(out, mode=0o600) as stream:
            done = exporter.export(app.store, target, form.value, stream)
    say(f"{number(done.written, 'person', 'people')} of list {target}")
    if done.left_out:
        say(f"{number(done.left_out, 'person', 'people')} left out: {form.value} has no such state")
    say("next: keep it as you keep the database: it holds addresses")
