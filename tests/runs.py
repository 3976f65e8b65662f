"""Dispatch runs for tests: a sender on a real database, with a transport of the test's choice."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from publication import NOON, Bench

from mailer.ledger import editions, plan, status
from mailer.ledger.liveness import FileLiveness
from mailer.ledger.prepared import PreparedIn
from mailer.links import Keyring, Links
from mailer.message.stencil import ListHeader, compile_stencil
from mailer.model.delivery import DispatchStatus, State
from mailer.sender.copies import CopyMaker
from mailer.sender.dispatch import DispatchRun
from mailer.sender.hand import Audience
from mailer.sender.parts import Pace, Parts
from mailer.sender.route import Route
from mailer.sender.throttle.rest import Tempo
from mailer.sender.transport import Transport

_AT_ONCE = Tempo(0, dt.timedelta(0), dt.timedelta(0), dt.timedelta(hours=1))
HASTY = Pace(connection=_AT_ONCE, reach=0.02, poll=0.01, look=0.05)
LINKS = Links("https://news.example.org", Keyring(1, {1: b"k" * 32}))


def run_of(
    bench: Bench,
    transport: Transport,
    owner: str | FileLiveness = "ann",
    now: dt.datetime = NOON,
    notice: Callable[[str], None] = lambda _line: None,
    **changes: Any,
) -> DispatchRun:
    """A run of the latest dispatch; `changes` are those of its parts."""
    with bench.database.read() as c:
        dispatch_id = status.status(c).id
        edition_id = plan.order_of(c, dispatch_id).edition_id
        edition = editions.load(c, edition_id)
    stencil = compile_stencil(
        edition, ListHeader("monthly.example.org", "Monthly", "1:monthly:issue:news")
    )
    sender, domain = "b@example.org", "example.org"
    maker = CopyMaker(
        dispatch_id, edition_id, stencil, "Monthly", LINKS, sender, domain, lambda: now
    )
    parts = Parts(
        bench.database,
        [Route("relay", transport)],
        bench.liveness(owner) if isinstance(owner, str) else owner,
        Audience(PreparedIn(bench.store.welcome), PreparedIn(bench.store.recipients)),
        maker,
        lambda: now,
        pace=HASTY,
        notice=notice,
    )
    return DispatchRun(dataclasses.replace(parts, **changes))


def after(bench: Bench) -> DispatchStatus:
    with bench.database.read() as c:
        found = status.status(c)
    assert sum(found.counts.values()) == found.total
    return found


def counts(bench: Bench) -> Mapping[State, int]:
    return {state: number for state, number in after(bench).counts.items() if number}
