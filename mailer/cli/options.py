"""Options that do not go together, and numbers that name a dispatch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import typer


def require_one_of(options: Mapping[str, object], *groups: Sequence[str]) -> None:
    """Of each group, by default of all, one may be given. Raises typer.BadParameter."""
    for group in groups or (tuple(options),):
        given = [name for name in group if options[name]]
        if len(given) > 1:
            message = f"{given[0]} and {given[1]} do not go together: use one of them"
            raise typer.BadParameter(message)


def dispatch_id(text: str) -> int:
    """Raises typer.BadParameter for what the database cannot have numbered."""
    if not (text.isascii() and text.isdigit() and len(text) < 20 and 0 < int(text) < 2**63):
        raise typer.BadParameter(
            f"{text!r} is no dispatch: `mailer dispatch list` shows those there are"
        )
    return int(text)
