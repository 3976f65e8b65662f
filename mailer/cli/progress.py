"""How far something is, where somebody looks at it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial

from mailer.cli.output import say
from mailer.model.counted import number


@contextmanager
def counting(*each: str) -> Iterator[Sequence[Callable[[int], None]]]:
    """For each of these a line that counts what goes by, from the first on, and is gone at the end.
    Tell its counter how many more went by."""
    if not sys.stderr.isatty():
        yield [lambda _more: None for _ in each]
        return
    from rich import progress
    from rich.console import Console

    columns = (
        progress.TextColumn("{task.description}"),
        progress.TextColumn("{task.completed:,.0f}"),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as lines:
        tasks = [lines.add_task(what, total=None, visible=False) for what in each]

        def told(task: progress.TaskID, more: int) -> None:
            with suppress(OSError):
                lines.update(task, advance=more, visible=True)

        yield [partial(told, task) for task in tasks]


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
