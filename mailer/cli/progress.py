"""How far something is, where somebody looks at it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def counting(what: str) -> Iterator[Callable[[int], None]]:
    """A line that counts what goes by, and is gone at the end. Tell it how many more went by."""
    if not sys.stderr.isatty():
        yield lambda _more: None
        return
    from rich import progress
    from rich.console import Console

    columns = (progress.TextColumn(what), progress.TextColumn("{task.completed:,.0f}"))
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as line:
        task = line.add_task("", total=None)

        def told(more: int) -> None:
            with suppress(OSError):
                line.update(task, advance=more)

        yield told
