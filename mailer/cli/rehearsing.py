"""`mailer send --rehearse`: what a send would take."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from mailer.cli.carrying import notice
from mailer.cli.output import emit, say, show
from mailer.cli.progress import advancing
from mailer.model.counted import number

if TYPE_CHECKING:
    from mailer.app import App
    from mailer.desk.composition import Composition
    from mailer.desk.offer import Offer
    from mailer.ops.provider.temper import Load
    from mailer.ops.rehearsal import Rehearsed


def rehearse(app: App, composition: Composition, made: Offer, json: bool) -> None:
    from mailer.ops import rehearsal

    say(f"rehearsing: nothing leaves this machine, and nothing of {app.folder} changes")
    with advancing("rehearsing", lambda: made.count) as settled:
        seen = rehearsal.rehearse(app, composition, made, settled, notice)
    if json:
        emit(_document(seen))
    else:
        for line in _lines(app, seen):
            show(line)
    say("next: the same command without --rehearse")


def _document(seen: Rehearsed) -> dict[str, object]:
    return {
        "copies": seen.copies,
        "tried": seen.tried,
        "counts": {state.value: count for state, count in seen.counts.items()},
        "rehearsed_seconds": round(seen.seconds, 3),
        "predicted_seconds": None if seen.whole is None else round(seen.whole, 3),
        "per_second": round(seen.per_second, 3),
        "processor_seconds": round(seen.processor, 3),
        "memory_bytes": seen.memory,
        "next_due": seen.next_due,
        "relays": {name: dataclasses.asdict(load) for name, load in seen.loads.items()},
        "notices": list(seen.notices),
    }


def _lines(app: App, seen: Rehearsed) -> list[str]:
    from mailer.sender.spans import spoken

    counts = ", ".join(f"{count:,} {state.value}" for state, count in seen.counts.items())
    lines = [
        f"{number(seen.tried, 'copy', 'copies')} of {seen.copies:,} in {spoken(seen.seconds)}, "
        f"{seen.per_second:,.1f} a second: {counts or 'none settled'}",
        "a real send like this takes "
        + ("longer than anybody waits" if seen.whole is None else f"about {spoken(seen.whole)}"),
        f"processor {1000 * _per_thousand(seen):,.0f} ms per 1,000 copies, memory "
        f"{seen.memory / 1e6:,.0f} MB",
        *(f"{name}: {_load(load)}" for name, load in seen.loads.items()),
    ]
    if seen.next_due is not None:
        due = seen.next_due.astimezone(app.timezone)
        lines.append(f"what was deferred would be tried again from {due:%H:%M} on")
    if (
        app.mails_strangers
        and app.config.send.canary
        and seen.copies > app.config.send.canary_above
    ):
        lines.append(
            "through a relay that is new it would stop after "
            f"{number(app.config.send.canary, 'copy', 'copies')}, until somebody has looked"
        )
    return lines


def _per_thousand(seen: Rehearsed) -> float:
    """Seconds of a processor."""
    return 1000 * seen.processor / seen.tried if seen.tried else 0.0


def _load(load: Load) -> str:
    told = (f"“{reply}” {number(count, 'time')}" for reply, count in load.refusals.items())
    refusals = "; ".join(told)
    return (
        f"{number(load.messages, 'message')} of {load.octets / 1e6:,.1f} MB over "
        f"{number(load.connections, 'connection')}, at most {load.most_at_once:,} at a time and "
        f"{load.busiest_second:,} in a second" + (f"; {refusals}" if refusals else "")
    )
