"""How long anything waits."""

from __future__ import annotations

import datetime as dt

import pytest

from mailer.ledger import due
from mailer.sender.retry import Policy
from mailer.sender.throttle import rest
from mailer.sender.throttle.rest import Tempo

NOON = dt.datetime(2021, 1, 31, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def test_what_is_further_off_than_anything_waits_is_due_now() -> None:
    """The clock was put back after it was written; up to there its time counts."""
    for at, found in ((NOON - HOUR, NOON - HOUR), (NOON + 5 * HOUR, NOON + 5 * HOUR)):
        assert due.due_from(at, NOON) == found
    assert due.due_from(NOON + 7 * HOUR, NOON) == NOON


def test_no_deferred_copy_waits_as_long() -> None:
    """With all that may be added to its wait."""
    policy = Policy()
    assert policy.longest * (1 + policy.jitter) < due.LONGEST


@pytest.mark.parametrize("tempo", [rest.RELAY, rest.FULL, rest.REFUSING, rest.QUOTA, rest.DOMAIN])
def test_no_rest_is_as_long(tempo: Tempo) -> None:
    """A shard may be given back for one."""
    assert tempo.longest < due.LONGEST
