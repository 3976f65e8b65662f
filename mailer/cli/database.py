"""`mailer db`: the database's shape."""

from __future__ import annotations

import typer

from mailer.cli.output import Json, emit, say, show

app = typer.Typer(no_args_is_help=True, help="The database: upgrade, check.")


@app.command()
def upgrade(context: typer.Context) -> None:
    """Bring the database to the shape that this program needs, all or nothing."""
    from mailer import migrations
    from mailer.app import open_app

    before, after = migrations.upgrade(open_app(context.obj).config.database_url)
    show(f"revision {after}" + (" already" if before == after else f" (was {before or 'empty'})"))
    say("next: `mailer list all`")


@app.command()
def check(context: typer.Context, json: Json = False) -> None:
    """Whether the database has the shape that this program needs."""
    from mailer import migrations
    from mailer.app import open_app

    database = open_app(context.obj).database
    revision = migrations.head()
    if json:
        emit({"database": database.where, "revision": revision})
    else:
        show(f"{database.where}: revision {revision}")
    say("next: nothing to do")
