"""`mailer init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.output import say
from mailer.model.command import command


def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    example: Annotated[
        bool, typer.Option("--example", help="With two whole issues and a sample list.")
    ] = False,
    url: Annotated[
        str, typer.Option(help="Where readers will reach `mailer web`, such as https://news.…")
    ] = "",
) -> None:
    """Lay out a publication: mailer.toml, keys, database, its first list."""
    from mailer.desk import setup

    app = setup.init(directory, example, url)
    publication = app.config.publication
    say(f"{directory}: {publication.name}, with the list {publication.list}")
    if example:
        say(f"next: {command('-C', directory, 'issue', 'check', 'issues/2020-10.md')}")
    else:
        lacking = "name, from and address" if url else "name, from, url and address"
        say(f"next: set {lacking} in {directory / 'mailer.toml'}, then")
        say(f"      {command('-C', directory, 'issue', 'new', '2021-01')}")
