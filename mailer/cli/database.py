"""`mailer db`: the database's shape."""

from __future__ import annotations

from typing import Annotated

import typer

from mailer.cli.output import Json, answer, emit, say, show, table
from mailer.model.command import command
from mailer.model.counted import number

app = typer.Typer(no_args_is_help=True, help="The database: upgrade, check, copy, prune.")
_FOUND = {
    "pending": ("subscription that nobody confirmed", "subscriptions that nobody confirmed"),
    "left": ("person who left every list", "people who left every list"),
    "copies": ("copy that says to whom it went", "copies that say to whom they went"),
    "origins": ("consent that says from where it came", "consents that say from where they came"),
}


@app.command()
def upgrade(context: typer.Context, json: Json = False) -> None:
    """Bring the database to the shape that this program needs, all or nothing."""
    from mailer import migrations
    from mailer.records import open_records

    before, after = migrations.upgrade(open_records(context.obj).config.database_url)
    was = " already" if before == after else f" (was {before or 'empty'})"
    answer(json, {"revision": after, "was": before}, f"revision {after}{was}")
    say(f"next: {command('list', 'all')}")


@app.command()
def check(context: typer.Context, json: Json = False) -> None:
    """Whether this program can work with the shape that the database has."""
    from mailer import migrations
    from mailer.records import open_records

    database = open_records(context.obj).database
    revision, needed = migrations.current(database), migrations.head()
    document = {"database": database.where, "revision": revision, "program": needed}
    answer(json, document, f"{database.where}: revision {revision}")
    newer = f"this mailer is older ({needed}) and can work with it; run the newer one everywhere"
    say("next: nothing to do" if revision == needed else f"next: {newer}")


@app.command()
def copy(
    context: typer.Context,
    url: Annotated[
        str,
        typer.Argument(
            metavar="URL", help="An empty database: postgresql+psycopg://user@host:5432/name."
        ),
    ],
    json: Json = False,
) -> None:
    """Move the publication into another database: all rows or none, compared row by row. The one
    that is left stays as it is, but for dispatches with something left, which are paused there. A
    password is better kept in ~/.pgpass, or in PGPASSWORD, than in the URL."""
    from mailer.app import open_app
    from mailer.desk import moving

    copied = moving.move(
        open_app(context.obj), url, lambda name, rows: say(f"{name}: {number(rows, 'row')}")
    )
    if json:
        emit(copied)
    else:
        table(("table", "rows"), copied.items())
    then = command("db", "check")
    say(f"next: set database.url or MAILER_DATABASE__URL to the new one, then {then}")


@app.command()
def prune(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, and delete nothing.")] = False,
    json: Json = False,
) -> None:
    """Delete what `retention` in mailer.toml lets nobody keep any longer, and write SQLite's file
    anew, so that nothing deleted is left in it."""
    from mailer.desk import pruning
    from mailer.records import open_records

    found = pruning.prune(open_records(context.obj), dry_run)
    if json:
        emit(found)
    else:
        done = "would be dropped" if dry_run else "dropped"
        for name, count in found.items():
            show(f"{number(count, *_FOUND[name])}: {done}")
    if not found:
        say("mailer.toml has no [retention]: nothing is too old (docs/privacy.md)")
    say("next: the same command without --dry-run" if dry_run else "next: nothing to do")
