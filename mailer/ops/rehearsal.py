"""`send --rehearse`: the whole dispatch into sinks that play the relays, on a copy of the database.

It is the same code with the same ledger, so what it takes is what the real one will take, under the
conditions that are played. Nothing of the publication changes, and nothing leaves this machine.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailer.app import App
from mailer.config import Config, RelaySettings
from mailer.desk import dispatches, offer, sending
from mailer.desk.composition import Composition
from mailer.desk.offer import Move, Offer
from mailer.errors import UsageError
from mailer.ledger import budgets
from mailer.migrations import copying
from mailer.model.delivery import State
from mailer.ops.provider.process import Provider
from mailer.ops.provider.profile import PROFILES, Profile
from mailer.ops.provider.temper import Load
from mailer.sender.throttle.forecast import forecast

_PATIENCE = dt.timedelta(seconds=5)  # a rehearsal does not wait for a quota of the hour
_OTHER = Profile(delay=0.03, message=0.05, connections=50)  # a relay of which nothing is known
_DATABASE = "mailer.db"


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What was seen. `seconds` is what the sending took, `processor` what it took of one
    processor; `memory` is the most that this process had, in bytes. `loads` are by relay. `whole`
    is what all copies would take in seconds, those tried again later aside, with the relays'
    quotas waited for; None where that is beyond all patience."""

    copies: int
    tried: int
    counts: Mapping[State, int]
    seconds: float
    whole: float | None
    processor: float
    memory: int
    loads: Mapping[str, Load]
    next_due: dt.datetime | None
    notices: tuple[str, ...]

    @property
    def per_second(self) -> float:
        return self.tried / self.seconds if self.seconds else 0.0


def rehearse(
    app: App,
    composition: Composition,
    made: Offer,
    settled: Callable[[int], None],
    notice: Callable[[str], None],
) -> Rehearsed:
    """Send what `made` offers, all but really. ctrl-C ends it; what was seen by then counts.

    Raises UsageError where there is nothing to send, and what a send raises.
    """
    if made.move is Move.NOTHING:
        raise UsageError("--rehearse: everybody who should have this issue has it")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailer-rehearsal-")))
        relays = [relay for relay in app.config.smtp.all_relays if not relay.keeps_copies]
        if not relays:
            raise UsageError("--rehearse: [smtp] url is a folder: there is no relay to play")
        playing = {
            relay.name: stack.enter_context(Provider(profile_of(app.config, relay)))
            for relay in relays
        }
        stage = stack.enter_context(_stage(app, folder, playing))
        found = _send(stage, composition, made, settled, notice)
    found = dataclasses.replace(found, loads={n: each.load for n, each in playing.items()})
    return dataclasses.replace(found, whole=_whole(app, found))


def _whole(app: App, seen: Rehearsed) -> float | None:
    """At the pace that was seen; each relay with its part of the copies."""
    if not seen.tried or seen.tried == seen.copies:
        return seen.seconds
    messages = sum(load.messages for load in seen.loads.values()) or 1
    spans = []
    for route in app.routes():
        part = seen.loads[route.name].messages / messages if route.name in seen.loads else 0.0
        if part:
            with app.database.write() as c:
                account = budgets.load(c, route.name)
            copies = math.ceil(seen.copies * part)
            spans.append(forecast(route.limits, account, copies, seen.per_second * part, app.now()))
    known = [span.total_seconds() for span in spans if span is not None]
    return max(known, default=0.0) if len(known) == len(spans) else None


def profile_of(config: Config, relay: RelaySettings) -> Profile:
    """What is played for a relay: [rehearsal], else its preset."""
    like = config.rehearsal.like or relay.preset
    profile = PROFILES[like] if like else _OTHER
    return dataclasses.replace(profile, **config.rehearsal.changes)


@contextmanager
def _stage(app: App, folder: Path, playing: Mapping[str, Provider]) -> Iterator[App]:
    """The publication with a database of its own and these relays; nobody is told of anything."""
    copied = folder / _DATABASE
    copying.to_file(app.database, copied)
    stage = App(_config(app.config, copied, playing), app.actor)
    try:
        yield stage
    finally:
        stage.database.close()


def _config(config: Config, database: Path, playing: Mapping[str, Provider]) -> Config:
    def played(relay: RelaySettings) -> dict[str, object]:
        here = {"user": "", "password": None, "tls": "required"}
        return {"url": playing[relay.name].url, **here} if relay.name in playing else {}

    smtp = config.smtp.model_copy(
        update={
            "relays": tuple(relay.model_copy(update=played(relay)) for relay in config.smtp.relays),
            **({} if config.smtp.relays else played(config.smtp)),
        }
    )
    return config.model_copy(
        update={
            "smtp": smtp,
            "database": config.database.model_copy(update={"url": f"sqlite:///{database}"}),
            "publication": config.publication.model_copy(update={"editor": None}),
            "send": config.send.model_copy(update={"patience": _PATIENCE}),
        }
    )


def _send(
    stage: App,
    composition: Composition,
    made: Offer,
    settled: Callable[[int], None],
    notice: Callable[[str], None],
) -> Rehearsed:
    told: list[str] = []

    def tell(line: str) -> None:
        told.append(line)
        notice(line)

    begins = made.move in (Move.BEGIN, Move.START)
    dispatch_id = offer.begin(stage, composition, made) if begins else _begun(made)
    before = dispatches.of(stage, dispatch_id)
    began, used = time.monotonic(), _processor()
    ended = sending.carry_on(stage, dispatch_id, settled, tell)
    seconds, processor = time.monotonic() - began, _processor() - used
    if ended.trouble is not None:
        raise ended.trouble
    counts = {state: count - before.counts[state] for state, count in ended.status.counts.items()}
    return Rehearsed(
        copies=before.open,
        tried=before.counts[State.PLANNED] - ended.status.counts[State.PLANNED],
        counts={state: count for state, count in counts.items() if count > 0},
        seconds=seconds,
        whole=None,
        processor=processor,
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        loads={},
        next_due=dispatches.next_due(stage, dispatch_id),
        notices=tuple(told),
    )


def _begun(made: Offer) -> int:
    assert made.began is not None  # noqa: S101 - that is what going on means
    return made.began.id


def _processor() -> float:
    """Seconds that this process has used of a processor."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
