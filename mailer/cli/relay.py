"""`mailer relay`: taking a relay out of use, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.output import Json, answer, emit, moment, say, table
from mailer.model.command import command
from mailer.model.counted import number

if TYPE_CHECKING:
    import datetime as dt

    from mailer.desk.relays import Standing

app = typer.Typer(no_args_is_help=True, help="Relays: list, drain, restore.")
Name = Annotated[str, typer.Argument(help="As in mailer.toml; `relay` where there is but one.")]


@app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """Every relay: its share, and whether it is drained or takes nothing for now."""
    import dataclasses

    from mailer.app import open_app
    from mailer.desk import relays

    publication = open_app(context.obj)
    found = relays.listed(publication)
    if json:
        emit([dataclasses.asdict(each) for each in found])
    else:
        header = ("relay", "where", "weight", "connections", "state")
        table(header, (_row(each, publication.timezone) for each in found))
    say(f"next: {command('relay', 'drain', 'NAME')}, before you work on one")


def _row(each: Standing, zone: dt.tzinfo) -> tuple[object, ...]:
    weight = "as it can" if each.weight is None else f"{each.weight:g}"
    return each.name, each.where, weight, each.connections, _state(each, zone)


def _state(each: Standing, zone: dt.tzinfo) -> str:
    if each.drained is not None:
        return f"drained since {moment(each.drained, zone)}"
    if each.rests_until is not None:
        return f"rests until {moment(each.rests_until, zone)}"
    resting = number(each.domains, "domain rests", "domains rest")
    return f"in use; {resting}" if each.domains else "in use"


@app.command()
def drain(context: typer.Context, name: Name, json: Json = False) -> None:
    """Let the copies on the wire there end, and give it no more, from any sender on any machine,
    until it is restored."""
    from mailer.app import open_app
    from mailer.desk import relays

    left = relays.drain(open_app(context.obj), name)
    answer(json, {"name": name, "drained": True, "left": left}, f"{name}: drained")
    if not left:
        say("no relay is left: what is to be sent waits until one is restored")
    say(f"next: {command('relay', 'restore', name)}, when it is well")


@app.command()
def restore(context: typer.Context, name: Name, json: Json = False) -> None:
    """Give it copies again, also of what is being sent."""
    from mailer.app import open_app
    from mailer.desk import relays

    restored = relays.restore(open_app(context.obj), name)
    document = {"name": name, "drained": False, "changed": restored}
    answer(json, document, f"{name}: in use" + ("" if restored else " already"))
    say(f"next: {command('relay', 'list')}")
