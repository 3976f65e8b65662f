"""`mailer attribute`: what is known of subscribers, and of which kind it is."""

from __future__ import annotations

from typing import Annotated

import typer

from mailer.cli.output import Json, answer, emit, say, table
from mailer.model.command import command
from mailer.model.counted import number
from subscribers.kinds import AttributeKind

app = typer.Typer(no_args_is_help=True, help="Attributes of subscribers: define their kinds.")
Name = Annotated[str, typer.Argument(help="As a slot names it: a-z, 0-9 and _.")]


@app.command()
def define(
    context: typer.Context,
    name: Name,
    kind: Annotated[AttributeKind, typer.Option(help="What its values are.")],
    choice: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="One of the values of a choice.")
    ] = None,
    json: Json = False,
) -> None:
    """Say of which kind an attribute is: new values are checked, and segments count it at once."""
    from mailer.records import open_records

    publication = open_records(context.obj)
    misfits = publication.store.define_attribute(name, kind, choice or (), publication.now())
    document = {"name": name, "kind": kind.value, "choices": choice or [], "misfits": misfits}
    answer(json, document, f"{name}: {kind.value}")
    if misfits:
        people = number(misfits, "person has", "people have")
        say(f"{people} a value of another kind, which counts as none and stays as it is")
    say(f"next: {command('segment', 'create', 'NAME', f'{name} is set')}")


@app.command()
def drop(context: typer.Context, name: Name, json: Json = False) -> None:
    """Let an attribute be any text again. Nobody's value is lost."""
    from mailer.records import open_records

    dropped = open_records(context.obj).store.drop_attribute(name)
    line = f"{name}: any text" if dropped else f"{name}: was not defined"
    answer(json, {"name": name, "dropped": dropped}, line)
    say(f"next: {command('attribute', 'all')}")


@app.command("all")
def all_(context: typer.Context, json: Json = False) -> None:
    """Every attribute whose kind is defined."""
    from mailer.records import open_records

    defined = open_records(context.obj).store.attributes().values()
    rows = [
        {"name": each.name, "kind": each.kind.value, "choices": list(each.choices)}
        for each in defined
    ]
    if json:
        emit(rows)
    else:
        table(
            ["name", "kind", "choices"],
            [(each.name, each.kind.value, ", ".join(each.choices)) for each in defined],
        )
    say(f"next: {command('attribute', 'define', 'NAME', '--kind', 'KIND')}")
