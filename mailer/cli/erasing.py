"""`mailer subscriber erase`: somebody wants to be forgotten."""

from __future__ import annotations

import dataclasses
import sys
from typing import Annotated

import typer

from mailer.cli.output import Json, answer, say
from mailer.model.command import command
from mailer.model.counted import number


def erase(
    context: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDR", help="The address of the person.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Take somebody's personal data out of every table, for good. What was counted stays counted,
    and no import brings them back: only they themselves."""
    from mailer.desk import erasing
    from mailer.records import open_records

    app = open_records(context.obj)
    if not yes:
        _ask(address)
    done = erasing.erase(app, address)
    copies = number(done.copies, "copy", "copies")
    line = f"erased: {number(done.rows, 'row')} deleted, {copies} no longer theirs"
    answer(json, dataclasses.asdict(done), line)
    if done.on_the_way:
        say(f"{number(done.on_the_way, 'copy', 'copies')} on the way: erase again when through")
    prune = command("db", "prune")
    say(f"next: {prune}, so that no trace is left in the file; earlier backups have theirs")


def _ask(address: str) -> None:
    from mailer.errors import UsageError

    if not sys.stdin.isatty():
        raise typer.BadParameter("nobody is here to ask: add --yes")
    typed = typer.prompt(f"Type {address} again to erase it for good", err=True)
    if typed != address:
        raise UsageError(f"you typed {typed!r}, not {address}: nothing was erased")
