"""`mailer bench`: how fast this machine sends."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.output import Json, emit, say, show
from mailer.model.command import command
from mailer.model.counted import number

if TYPE_CHECKING:
    from mailer.ops.bench.measuring import Measured


def bench(
    context: typer.Context,
    readers: Annotated[int, typer.Option(min=1, help="How many are invented.")] = 20_000,
    connections: Annotated[int, typer.Option(min=1, max=500, help="To the sink.")] = 20,
    runs: Annotated[int, typer.Option(min=1, help="Of which the median is told.")] = 3,
    json: Json = False,
) -> None:
    """How fast this machine sends: the example's issue to invented readers, into a sink.

    Nothing leaves this machine. Where Postfix is installed, its `smtp-source` sends as much
    beside it.
    """
    from mailer.ops.bench import measuring

    invented = number(readers, "reader is", "readers are")
    say(f"{invented} invented; {runs + 1} dispatches go to all of them")
    measured = measuring.measure(readers, connections, runs)
    if json:
        emit(dataclasses.asdict(measured))
    else:
        for line in _lines(measured, connections):
            show(line)
    rehearse = command("send", "FILE", "--rehearse")
    say(f"next: {rehearse}, for what your relay will make of it")


def _lines(measured: Measured, connections: int) -> list[str]:
    source = measured.source_per_second
    beside = (
        "Postfix's smtp-source is not installed: nothing to compare with"
        if source is None
        else f"Postfix's smtp-source into the same sink: {source:,.0f} a second; "
        f"this is {measured.per_second / source:.2f} of it"
    )
    return [
        f"{number(measured.copies, 'copy', 'copies')} of {measured.size:,} octets over "
        f"{number(connections, 'connection')}: {measured.per_second:,.0f} a second",
        f"processor {measured.cpu_per_thousand * 1000:,.0f} ms per 1,000 copies, memory "
        f"{measured.rss / 1e6:,.0f} MB",
        f"planned in {measured.planned:.2f} s, the first copy {measured.first:.2f} s later",
        beside,
    ]
