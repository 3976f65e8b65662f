"""`mailer web`: the readers' pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.unattended import LogFormat, Metrics, log_of, place_of


def web(
    context: typer.Context,
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="DIR",
            help="Folders of publications, if not the one of -C: each is served at its own URL.",
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on.")] = 8000,
    metrics: Metrics = None,
    log_format: LogFormat = "text",
) -> None:
    """Serve the readers' pages, archive and sign-up among them, and mail what they order.

    Put TLS in front of it."""
    from mailer.app import open_app
    from mailer.web.serving import Place, serve

    if folders and context.obj != Path():
        raise typer.BadParameter("name the folders here or by -C, not both")
    apps = [open_app(folder) for folder in folders or [context.obj]]
    watched_at = None if metrics is None else place_of(metrics)
    serve(apps, Place(host, port), log_of(log_format), watched_at)
