"""`mailer list`: mailing lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.output import Json, answer, emit, say, show, table
from mailer.model.command import command

if TYPE_CHECKING:
    from subscribers.model import ListSummary

app = typer.Typer(no_args_is_help=True, help="Mailing lists: create, show.")
Name = Annotated[str, typer.Argument(help="Lower-case letters, digits and hyphens.")]


@app.command()
def create(
    context: typer.Context,
    name: Name,
    title: Annotated[str, typer.Option(help="What readers see.")] = "",
    json: Json = False,
) -> None:
    """Create a list. Its List-Id is made now and never changes."""
    from mailer.desk import lists
    from mailer.records import open_records
    from subscribers.model import ListSummary

    publication = open_records(context.obj)
    made = lists.create(publication, name, title or lists.title_of(name))
    row = _row(ListSummary.as_made(made))
    answer(json, row, f"{row['name']}: {row['list_id']}")
    say(f"next: {_import(name)}")


@app.command("show")
def show_(context: typer.Context, name: Name, json: Json = False) -> None:
    """One list with its counts."""
    from mailer.records import open_records

    row = _row(open_records(context.obj).store.summary(name))
    if json:
        emit(row)
    else:
        table(list(row), [list(row.values())])
    say(f"next: {_import(name)}, or {command('send', 'FILE')}")


@app.command()
def form(
    context: typer.Context,
    name: Name,
    lang: Annotated[
        str, typer.Option(help="The form's language; by default the publication's.")
    ] = "",
) -> None:
    """The sign-up for a list as HTML, for your own pages; `mailer web` takes what it sends."""
    from mailer.app import open_app
    from mailer.web.site import site_of
    from mailer.web.subscribing import snippet

    site = site_of(open_app(context.obj))
    show(snippet(site, site.store.list(name), lang or site.lang).rstrip())
    say(f"next: paste it into a page; a script may post the same as JSON to {site.url}/subscribe")


@app.command("all")
def all_(context: typer.Context, json: Json = False) -> None:
    """Every list with its counts."""
    from mailer.records import open_records

    rows = [_row(summary) for summary in open_records(context.obj).store.summaries()]
    if json:
        emit(rows)
    else:
        table(list(rows[0]) if rows else ["name"], [list(row.values()) for row in rows])
    say(f"next: {command('list', 'show' if rows else 'create', 'NAME')}")


def _import(name: str) -> str:
    return command("subscriber", "import", "FILE", "--list", name)


def _row(summary: ListSummary) -> dict[str, object]:
    return {
        "name": summary.list.name,
        "title": summary.list.title,
        "list_id": summary.list.list_id,
        **{status.value: count for status, count in summary.counts.items()},
        "suppressed": summary.suppressed,
        "audience": summary.audience,
    }
