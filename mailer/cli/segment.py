"""`mailer segment`: named filters over the subscribers of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.output import Json, answer, emit, say, show, table
from mailer.model.command import command
from mailer.model.counted import number

if TYPE_CHECKING:
    from mailer.records import Records
    from subscribers.model import Segment

app = typer.Typer(no_args_is_help=True, help="Segments: named filters over subscribers.")
Name = Annotated[str, typer.Argument(help="Lower-case letters, digits and hyphens.")]
ListName = Annotated[
    str, typer.Option("--list", "-l", metavar="NAME", help="Default: the publication's list.")
]


@app.command()
def create(
    context: typer.Context,
    name: Name,
    expression: Annotated[
        str, typer.Argument(metavar="EXPRESSION", help='Such as: tag = "python" and age > 30')
    ],
    list_name: ListName = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Also where there is one of that name.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, and save nothing.")] = False,
    json: Json = False,
) -> None:
    """Save a filter under a name, and count who is in it."""
    from mailer.records import open_records

    publication = open_records(context.obj)
    segments = publication.store.segments
    if dry_run:
        _report(publication, segments.draft(name, expression, publication.now()), list_name, json)
        say("next: the same command without --dry-run")
        return
    saved = segments.save(name, expression, replace, publication.now())
    _report(publication, saved, list_name, json)
    say(f"next: {_send(name)}, or `::: audience {name}` in an issue")


@app.command("show")
def show_(context: typer.Context, name: Name, list_name: ListName = "", json: Json = False) -> None:
    """What one segment says, and how many are in it."""
    from mailer.records import open_records

    publication = open_records(context.obj)
    _report(publication, publication.store.segments.named(name), list_name, json)
    change = command("segment", "create", name, "EXPRESSION", "--replace")
    say(f"next: {_send(name)}, or {change}")


@app.command()
def drop(context: typer.Context, name: Name, json: Json = False) -> None:
    """Forget a filter. Nobody leaves a list by it."""
    from mailer.desk import segments
    from mailer.records import open_records

    segments.drop(open_records(context.obj), name)
    line = f"{name}: dropped; an issue with a block for it no longer passes its check"
    answer(json, {"name": name, "dropped": True}, line)
    say(f"next: {command('segment', 'all')}")


@app.command("all")
def all_(context: typer.Context, list_name: ListName = "", json: Json = False) -> None:
    """Every segment with its count."""
    from mailer.records import open_records

    publication = open_records(context.obj)
    rows = [_row(publication, each, list_name) for each in publication.store.segments.all()]
    if json:
        emit(rows)
    else:
        table(list(rows[0]) if rows else ["name"], [list(row.values()) for row in rows])
    then = ("show", "NAME") if rows else ("create", "NAME", "EXPRESSION")
    say(f"next: {command('segment', *then)}")


def _send(name: str) -> str:
    return command("send", "FILE", "--segment", name)


def _report(publication: Records, segment: Segment, list_name: str, json: bool) -> None:
    row = _row(publication, segment, list_name)
    for remark in publication.store.segments.remarks(segment.expression):
        say(f"{segment.name}: {remark}")
    if json:
        emit(row)
        return
    show(f"{segment.name}: {segment.expression}")
    show(f"{number(int(str(row['count'])), 'reader')} of the list {row['list']}")


def _row(publication: Records, segment: Segment, list_name: str) -> dict[str, object]:
    """The count is of those who would be mailed now."""
    target = publication.store.list(list_name or publication.config.publication.list)
    return {
        "name": segment.name,
        "expression": segment.expression,
        "list": target.name,
        "count": publication.store.segments.count(segment.expression, target.id),
    }
