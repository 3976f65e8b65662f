"""How far something is, where somebody looks at it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from mailer.cli.output import say
from mailer.model.counted import number


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


@contextmanager
def advancing(what: str, total: Callable[[], int]) -> Iterator[Callable[[int], None]]:
    """A bar with rate and time left. `total` is asked where somebody looks at it."""
    if not sys.stderr.isatty():
        yield lambda _count: None
        return
    from rich import progress
    from rich.console import Console

    columns = (
        progress.TextColumn(what),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[rate]}"),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total(), rate="")

        def settled(count: int) -> None:
            speed = bar.tasks[0].speed
            with suppress(OSError):
                bar.update(task, advance=count, rate=f"{speed:,.0f}/s" if speed else "")

        yield settled


def asking(done: int, total: int) -> None:
    """How many addresses have been asked, kept on one line of a terminal."""
    if not sys.stderr.isatty():
        if not done:
            say(f"asking {number(total, 'address', 'addresses')}")
        return
    of = number(total, "address", "addresses")
    print(f"\rasked {done:,} of {of}", end="", file=sys.stderr, flush=True)
    if done == total:
        say("")
