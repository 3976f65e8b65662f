"""`mailer issue publish`, `correct`: the archive, after the fact; `mailer archive build`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.output import File, Json, answer, say
from mailer.model.command import command
from mailer.model.counted import number

app = typer.Typer(no_args_is_help=True, help="The public archive: as static files.")


@app.callback()
def _noun() -> None:
    """With one verb alone typer would leave it out."""


@app.command()
def build(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write into.")],
    json: Json = False,
) -> None:
    """Write the public archive as files: front page, issues, pictures, feed and sitemap. Any web
    server shows them, and so does a browser alone."""
    from mailer.app import open_app
    from mailer.web import static
    from mailer.web.site import site_of

    built = static.build(site_of(open_app(context.obj)), folder)
    counts = f"{number(built.issues, 'issue')}, {number(built.files, 'file')}"
    document = {"issues": built.issues, "files": built.files}
    answer(json, document, f"{counts} in {folder}")
    say(f"next: open {folder / 'index.html'}, or copy the folder to a web server")


def publish(context: typer.Context, file: File, json: Json = False) -> None:
    """Show an issue on the web without mailing it, such as an old one; its date is that of its
    front matter. The same command again shows the file as it is then."""
    from mailer.desk import publishing
    from mailer.desk.composing import compose_file
    from mailer.records import open_records

    app = open_records(context.obj)
    composition = compose_file(app, file)
    new = publishing.publish(app, composition)
    say("published" if new else "its page shows this version already")
    _tell(context, publishing.page_url(app, composition), new, json)


def correct(
    context: typer.Context,
    file: File,
    note: Annotated[
        str, typer.Option(metavar="TEXT", help="What was corrected, for readers of the page.")
    ],
    json: Json = False,
) -> None:
    """Show an issue that was sent or published as the file has it now, with a dated note of what
    was corrected at the top of its page. What was mailed stays as it was."""
    from mailer.desk import publishing
    from mailer.desk.composing import compose_file
    from mailer.records import open_records

    app = open_records(context.obj)
    composition = compose_file(app, file)
    new = publishing.correct(app, composition, note)
    say("corrected" if new else "its page has this version and note already")
    _tell(context, publishing.page_url(app, composition), new, json)


def _tell(context: typer.Context, url: str, changed: bool, json: bool) -> None:
    answer(json, {"url": url, "changed": changed}, url)
    say(f"next: {command('web')} serves it")
