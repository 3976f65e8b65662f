"""Dispatch runs for tests: a sender on a real database, with a transport of the test's choice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from publication import NOON, Bench

from mailer.ledger import editions, status
from mailer.ledger.liveness import FileLiveness
from mailer.ledger.prepared import PreparedIn
from mailer.links import Keyring, Links
from mailer.message.stencil import ListHeader, compile_stencil
from mailer.model.delivery import DispatchStatus, State
from mailer.sender.copies import CopyMaker
from mailer.sender.dispatch import DispatchRun, Pace, Parts
from mailer.sender.hand import Audience
from mailer.sender.transport import Transport

LINKS = Links("https://news.example.org", Keyring(1, {1: b"k" * 32}))


def run_of(
    bench: Bench,
    transport: Transport,
    owner: str | FileLiveness = "ann",
    now: dt.datetime = NOON,
    notice: Callable[[str], None] = lambda _line: None,
) -> DispatchRun:
    with bench.database.read() as c:
        edition = editions.load(c, 1)
    stencil = compile_stencil(
        edition, ListHeader("monthly.example.org", "Monthly", "1:monthly:issue:news")
    )
    maker = CopyMaker(1, 1, stencil, "Monthly", LINKS, "b@example.org", "example.org", lambda: now)
    return DispatchRun(
        Parts(
            bench.database,
            transport,
            FileLiveness(bench.database.path, owner) if isinstance(owner, str) else owner,
            Audience(PreparedIn(bench.store.welcome), PreparedIn(bench.store.recipients)),
            maker,
            lambda: now,
            pace=Pace(reconnect=(0, 0), poll=0.01),
            notice=notice,
        )
    )


def after(bench: Bench) -> DispatchStatus:
    with bench.database.read() as c:
        found = status.status(c)
    assert sum(found.counts.values()) == found.total
    return found


def counts(bench: Bench) -> Mapping[State, int]:
    return {state: number for state, number in after(bench).counts.items() if number}
