"""Commands of ours, as messages name them."""

from __future__ import annotations

import shlex


def command(*words: object) -> str:
    """Between backticks, quoted for a shell. Whoever prints it knows in which publication's folder
    it runs."""
    return f"`{shlex.join(['mailer', *map(str, words)])}`"
