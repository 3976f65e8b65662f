"""`mailer demo`."""

from __future__ import annotations

from typing import Annotated

import typer


def demo(
    serve: Annotated[
        bool, typer.Option("--serve", help="Keep an inbox page of the caught messages open.")
    ] = False,
) -> None:
    """The main job end to end in ./demo, with a local mail catcher: nothing leaves this machine."""
    from mailer.ops import demo as demonstration

    demonstration.run(serve)
