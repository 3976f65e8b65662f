"""What becomes of somebody who is to be added, by how they stand: decided without a database."""

from __future__ import annotations

import datetime as dt

import pytest

from subscribers.address import parse
from subscribers.admission import Departure, Entry, Standing, admit
from subscribers.attributes import encoded
from subscribers.model import (
    Added,
    Consent,
    ConsentChange,
    SubscriptionStatus,
    SuppressionReason,
)

PENDING, CONFIRMED, UNSUBSCRIBED = SubscriptionStatus
LEFT, ERASED, BOUNCED, MANUAL, COMPLAINED = SuppressionReason
NOON = dt.datetime(2021, 1, 31, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def _entry(departure: Departure | None = None, *, consent: bool = False, **given: str) -> Entry:
    address, why = parse("anna@example.org"), Consent("import", "a fair")
    at = NOON if consent else None
    return Entry(address, encoded(given), why, ConsentChange.IMPORTED, at, departure)


def _standing(
    status: SubscriptionStatus | None,
    suppressed: SuppressionReason | None = None,
    *,
    own_act: bool = False,
    **known: str,
) -> Standing:
    """Of somebody who was confirmed, where they were, at noon."""
    at = None if status in (None, PENDING) else NOON
    return Standing(1, encoded(known), 1 if status else None, status, suppressed, at, own_act)


@pytest.mark.parametrize(
    ("status", "suppressed", "added", "becomes"),
    [
        (None, None, Added.ADDED, CONFIRMED),
        (PENDING, None, Added.UPDATED, CONFIRMED),
        (CONFIRMED, None, Added.UNCHANGED, CONFIRMED),
        (UNSUBSCRIBED, None, Added.KEPT, UNSUBSCRIBED),
        *((PENDING, reason, Added.KEPT, PENDING) for reason in SuppressionReason),
        *((CONFIRMED, reason, Added.KEPT, CONFIRMED) for reason in SuppressionReason),
        *((None, reason, Added.KEPT, None) for reason in SuppressionReason),
    ],
)
def test_a_consent_confirms_nobody_who_left_or_is_suppressed(
    status: SubscriptionStatus | None,
    suppressed: SuppressionReason | None,
    added: Added,
    becomes: SubscriptionStatus | None,
) -> None:
    case = admit(_standing(status, suppressed), _entry(consent=True))
    assert (case.change.added, case.after.status) == (added, becomes)


@pytest.mark.parametrize(
    ("left_at", "own_act", "becomes"),
    [
        (None, False, UNSUBSCRIBED),
        (None, True, CONFIRMED),
        (NOON - HOUR, False, CONFIRMED),
        (NOON, True, UNSUBSCRIBED),
        (NOON + HOUR, True, UNSUBSCRIBED),
    ],
)
def test_who_left_elsewhere_has_left_unless_they_came_to_us_later(
    left_at: dt.datetime | None, own_act: bool, becomes: SubscriptionStatus
) -> None:
    """A departure without a date counts for less than what they did with us themselves."""
    standing = _standing(CONFIRMED, own_act=own_act)
    assert admit(standing, _entry(Departure(LEFT, "", left_at))).after.status is becomes


@pytest.mark.parametrize(
    ("known", "told", "holds"),
    [
        (None, LEFT, LEFT),
        (LEFT, BOUNCED, BOUNCED),
        (COMPLAINED, LEFT, COMPLAINED),
        (BOUNCED, MANUAL, MANUAL),
    ],
)
def test_the_stronger_of_two_reasons_holds(
    known: SuppressionReason | None, told: SuppressionReason, holds: SuppressionReason
) -> None:
    case = admit(_standing(PENDING, known), _entry(Departure(told, "", None)))
    assert (case.after.status, case.after.suppressed) == (UNSUBSCRIBED, holds)


def test_given_attributes_win_and_others_stay() -> None:
    entry = _entry(city="Ulm", name="Anna")
    after = admit(_standing(PENDING, city="Graz", age="7"), entry).after
    assert after.attributes == encoded({"city": "Ulm", "age": "7", "name": "Anna"})
    standing = _standing(PENDING, name="Anna", city="Ulm", age="7")
    assert admit(standing, entry).change.added is Added.UNCHANGED
