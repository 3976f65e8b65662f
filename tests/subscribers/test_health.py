"""How a list fares: each event in its span, at the bounds too."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import publication
import pytest

from subscribers import health
from subscribers.importing.importer import import_file
from subscribers.importing.reading import Wishes
from subscribers.model import Consent, SubscriptionStatus, SuppressionReason

NOON = publication.NOON
HOUR = dt.timedelta(hours=1)
TICK = dt.timedelta(microseconds=1)
# Of spans that nothing but a microsecond divides, and one in which nothing happens.
BOUNDS = [NOON, NOON + HOUR + TICK, NOON + 5 * HOUR, NOON + 6 * HOUR, NOON + 7 * HOUR]


@pytest.mark.both_databases
def test_everything_is_in_its_span(bench_of: Callable[[int], publication.Bench]) -> None:
    """A bound belongs to the span that it begins; what is outside belongs to none."""
    bench = bench_of(0)
    store, consent = bench.store, Consent("a form", "yes")
    moments = [BOUNDS[0] - TICK, *BOUNDS[:3], BOUNDS[1] - TICK, BOUNDS[-1] - TICK, BOUNDS[-1]]
    for number, at in enumerate(moments):
        address = f"reader{number}@example.org"
        store.add(address, "monthly", {}, consent, SubscriptionStatus.CONFIRMED, at)
        store.unsubscribe(address, "monthly", "a test", at)
        reason = SuppressionReason.BOUNCED if number % 2 else SuppressionReason.COMPLAINED
        store.suppress(address, None, reason, "a test", at)
    store.add("elsewhere@example.org", "weekly", {}, consent, SubscriptionStatus.CONFIRMED, NOON)
    with bench.database.read() as c:
        found = health.health(c, store.list("monthly").id, BOUNDS)
        left = health.left_in(c, store.list("monthly").id, BOUNDS)
    assert [span.start for span in found.spans] == BOUNDS[:-1]
    assert [span.joined for span in found.spans] == [2, 1, 1, 1]
    assert left == tuple(span.left for span in found.spans) == (2, 1, 1, 1)
    assert [span.died for span in found.spans] == [1, 0, 1, 1]
    assert [span.complained for span in found.spans] == [1, 1, 0, 0]
    assert found.audience == 0


@pytest.mark.both_databases
def test_who_never_was_a_reader_is_no_loss(bench_of: Callable[[int], publication.Bench]) -> None:
    """An import brings people who left, bounced and complained elsewhere; pending ones may too."""
    bench = bench_of(0)
    rows = "left,unsubscribed\ndead,bounced\nangry,complained\n"
    file = "email,status\n" + rows.replace(",", "@example.org,")
    wishes = Wishes(mapping={"status": "status"})
    report = import_file(bench.store, io.BytesIO(file.encode()), "monthly", wishes, NOON)
    assert (report.added, report.bad) == (3, 0)
    bench.store.add("shy@example.org", "monthly", {}, None, SubscriptionStatus.PENDING, NOON)
    bench.store.unsubscribe("shy@example.org", "monthly", "a test", NOON)
    with bench.database.read() as c:
        found = health.health(c, bench.store.list("monthly").id, BOUNDS)
        left = health.left_in(c, bench.store.list("monthly").id, BOUNDS)
    assert {(s.joined, s.left, s.died, s.complained) for s in found.spans} == {(0, 0, 0, 0)}
    assert (set(left), set(found.sizes)) == ({0}, {0})


def test_sizes_and_losses_are_told_backwards_from_now() -> None:
    """By who came and went; a list that began with nobody has lost nobody."""
    spans = [health.Span(NOON, 12, 0, 0, 0), health.Span(NOON, 4, 2, 1, 1)]
    found = health.Health(13, tuple(spans))
    assert found.sizes == (0, 12, 13)
    assert found.churn == (0, 0.25)
