"""`mailer list`: mailing lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.output import Json, emit, say, table

if TYPE_CHECKING:
    from subscribers.model import ListSummary

app = typer.Typer(no_args_is_help=True, help="Mailing lists: create, show.")
Name = Annotated[str, typer.Argument(help="Lower-case letters, digits and hyphens.")]


@app.command()
def create(
    context: typer.Context,
    name: Name,
    title: Annotated[str, typer.Option(help="What readers see.")] = "",
) -> None:
    """Create a list. Its List-Id is made now and never changes."""
    from mailer.app import open_app
    from mailer.desk import setup

    setup.create_list(open_app(context.obj), name, title or setup.title_of(name))
    say(f"next: `mailer subscriber import FILE --list {name}`")


@app.command()
def show(context: typer.Context, name: Name, json: Json = False) -> None:
    """One list with its counts."""
    from mailer.app import open_app

    store = open_app(context.obj).store
    wanted = store.list(name)
    row = next(_row(summary) for summary in store.lists() if summary.list == wanted)
    if json:
        emit(row)
    else:
        table(list(row), [list(row.values())])
    say(f"next: `mailer subscriber import FILE --list {name}`, or `mailer send FILE`")


@app.command("all")
def all_(context: typer.Context, json: Json = False) -> None:
    """Every list with its counts."""
    from mailer.app import open_app

    rows = [_row(summary) for summary in open_app(context.obj).store.lists()]
    if json:
        emit(rows)
    else:
        table(list(rows[0]) if rows else ["name"], [list(row.values()) for row in rows])
    say("next: `mailer list show NAME`" if rows else "next: `mailer list create NAME`")


def _row(summary: ListSummary) -> dict[str, object]:
    return {
        "name": summary.list.name,
        "title": summary.list.title,
        "list_id": summary.list.list_id,
        **{status.value: count for status, count in summary.counts.items()},
        "suppressed": summary.suppressed,
        "audience": summary.audience,
    }
