"""What whoever watches over the machines can ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import newsroom
import pytest
import readers
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette

from mailer.errors import MailerError
from mailer.web import hosting, meter, metrics, monitoring, server
from mailer.web.meter import Metered
from mailer.web.metrics import Ledgers
from mailer.web.site import site_of

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[newsroom.Newsroom]:
    made = newsroom.make(tmp_path / "news")
    yield made
    made.app.database.close()


def samples(application: Starlette) -> Samples:
    answer = readers.ask(application, "GET", "/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def of(found: Samples, name: str, **labels: str) -> float | None:
    """The one sample of that name with (at least) these labels."""
    wanted = labels.items()
    fits = [value for (known, has), value in found.items() if known == name and wanted <= has]
    assert len(fits) <= 1
    return fits[0] if fits else None


def well() -> None:
    """All is."""


def test_the_ledger_is_told_as_it_is(room: newsroom.Newsroom) -> None:
    """Counts of a dispatch, whoever sent it, and the process's own; nobody's address."""
    room.add(3)
    room.send()
    registry = metrics.registry()
    registry.register(Ledgers([room.app]))
    application = monitoring.create(registry, well)
    found = samples(application)
    of_it = {"publication": "news", "dispatch": "1", "issue": "2021-01", "list": "monthly"}
    assert of(found, "mailer_deliveries", **of_it, state="sent") == 3
    assert of(found, "mailer_deliveries", **of_it, state="uncertain") == 0
    assert of(found, "mailer_dispatches", state="finished") == 1
    assert of(found, "mailer_workers") == 0
    assert of(found, "mailer_database_up", publication="news") == 1
    assert of(found, "process_resident_memory_bytes") or 0 > 1e6
    assert of(found, "mailer_build_info", revision=metrics.migrations.head()) == 1
    assert "@" not in readers.ask(application, "GET", "/metrics").text


def test_a_database_that_is_gone_is_told(room: newsroom.Newsroom) -> None:
    """The rest is told all the same."""
    registry = metrics.registry()
    registry.register(Ledgers([room.app]))
    application = monitoring.create(registry, well)
    assert of(samples(application), "mailer_database_up") == 1
    room.app.database.close()
    room.app.database.path.write_bytes(b"no database" * 100)
    found = samples(application)
    assert of(found, "mailer_database_up") == 0
    assert of(found, "mailer_workers") is None
    assert of(found, "process_resident_memory_bytes") is not None


def test_health_is_a_status(room: newsroom.Newsroom) -> None:
    def ill() -> None:
        raise MailerError("worker ann-1: no sign of life for a minute")

    registry = metrics.registry()
    assert readers.ask(monitoring.create(registry, well), "GET", "/healthz").status_code == 200
    answer = readers.ask(monitoring.create(registry, ill), "GET", "/healthz")
    assert answer.status_code == 503
    assert answer.text == "worker ann-1: no sign of life for a minute\n"


def test_requests_are_counted_by_page_and_never_by_address(room: newsroom.Newsroom) -> None:
    """A reader's link is a secret, and what robots make up must not fill the memory."""
    registry = metrics.registry()
    pages = server.application_of(site_of(room.app), room.app)
    pages.add_middleware(Metered, publication="news", requests=meter.requests(registry))
    application = hosting.together([(room.app.config.publication, pages)])
    for path in ("/", "/u/secret", "/wp-login.php", "/issues/nothing"):
        readers.ask(application, "GET", path)
    readers.ask(application, "BREW", "/coffee")
    found = samples(monitoring.create(registry, well))
    count, by = "mailer_http_request_seconds_count", {"publication": "news"}
    assert of(found, count, **by, page="Reading.home", method="GET", status="200") == 1
    assert of(found, count, **by, page="Unsubscribing.ask", method="GET", status="404") == 1
    assert of(found, count, **by, page="Reading.issue", method="GET", status="404") == 1
    assert of(found, count, **by, page="none", method="GET", status="404") == 1
    assert of(found, count, **by, page="none", method="other", status="404") == 1
    assert "secret" not in str(found)
