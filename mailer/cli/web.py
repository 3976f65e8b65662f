"""`mailer web`: the readers' pages."""

from __future__ import annotations

from typing import Annotated

import typer


def web(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on.")] = 8000,
) -> None:
    """Serve the readers' pages, archive and sign-up among them, and mail what they order.

    Put TLS in front of it."""
    from mailer.app import open_app
    from mailer.web import server

    server.serve(open_app(context.obj), host, port)
