"""`mailer preview`: an issue as its readers will see it, while it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def preview(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="An issue file; without it, all of issues/."),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes a free one.")
    ] = 0,
) -> None:
    """Show an issue in the browser as mail clients will, anew with every save."""
    from mailer.app import open_app
    from mailer.web import preview as previewing

    previewing.serve(open_app(context.obj), file, port)
