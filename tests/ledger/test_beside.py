"""Transactions beside each other, as PostgreSQL has them: one waits for what another has locked,
and goes on with what that one left."""

from __future__ import annotations

import datetime as dt
import threading
from contextlib import suppress

import pytest
from program import until
from publication import NOON, Bench

from mailer.ledger import control, record, status
from mailer.ledger.change import LedgerMismatch
from mailer.ledger.record import Record, Result
from mailer.ledger.shards import Grip
from mailer.model.delivery import State
from mailer.model.outcome import Reply

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.parametrize("databases", ["postgresql"], indirect=True),
]

LATER = NOON + dt.timedelta(minutes=5)


def waits(bench: Bench) -> bool:
    """Whether somebody waits for a lock."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with bench.database.read() as c:
        return bool(c.exec_driver_sql(query).scalar())


@pytest.mark.parametrize("first", [record.record_unseen, record.record])
def test_a_deferral_that_waits_for_a_cancel_heeds_it(
    held: tuple[Bench, Grip], first: Record
) -> None:
    """It began when the dispatch was open; `record` follows where `record_unseen` sees that all is
    not as thought."""
    bench, grip = held
    said = [Result(grip, 1, 1, State.DEFERRED, LATER, Reply(451, "4.7.1", "later"), "relay")]

    def settle() -> None:
        for how in (first, record.record):
            with suppress(LedgerMismatch), bench.database.write() as c:
                how(c, said, (), (), NOON)
                return

    settling = threading.Thread(target=settle)
    with bench.database.write() as c:
        control.cancel(c, 1, NOON, "ed")
        settling.start()
        until(lambda: waits(bench))
    settling.join()
    with bench.database.read() as c:
        counts = status.status(c, 1).counts
    assert {state: count for state, count in counts.items() if count} == {State.SKIPPED: 2}


def test_who_tidies_up_waits_for_the_dispatch_before_it_locks_a_shard(
    held: tuple[Bench, Grip],
) -> None:
    """As a cancel does, and everybody: who locked in another order would wait for the cancel that
    waits for it."""
    bench, _ = held
    with bench.database.write() as c:
        c.exec_driver_sql("UPDATE shards SET owner = 'eve'")  # who is dead
    bob = bench.liveness("bob")

    def tidy() -> None:
        with bench.database.write() as c:
            control.tidy(c, 1, bob, NOON)

    tidying = threading.Thread(target=tidy)
    with bench.database.write() as c:
        control.held(c, 1)
        tidying.start()
        until(lambda: waits(bench))
        c.exec_driver_sql("SELECT number FROM shards FOR UPDATE NOWAIT")
    tidying.join()
    with bench.database.read() as c:
        assert status.status(c, 1).counts[State.UNCERTAIN] == 1
    bob.close()
