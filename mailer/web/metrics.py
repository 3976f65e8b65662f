"""What Prometheus is told. Of copies the ledger's counters are the truth, whichever process sent
them, so they are read from the database at each question; of a process it tells itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import metadata

from prometheus_client import CollectorRegistry, GCCollector, Info, Metric, ProcessCollector
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

from mailer import migrations
from mailer.app import App
from mailer.errors import DatabaseError
from mailer.ledger.vitals import Vitals, vitals

_OF_A_DISPATCH = ("publication", "dispatch", "issue", "list")


def registry() -> CollectorRegistry:
    """Of this process: its processor, memory, files and version."""
    made = CollectorRegistry()
    ProcessCollector(registry=made)
    GCCollector(registry=made)
    build = {"version": metadata.version("newsletter-mailer"), "revision": migrations.head()}
    Info("mailer_build", "The program, and the database's shape", registry=made).info(build)
    return made


class Ledgers(Collector):
    """The vitals of publications. A database that does not answer is one of them."""

    def __init__(self, apps: Sequence[App]) -> None:
        self._apps = apps

    def collect(self) -> Iterable[Metric]:
        up = _gauge("database_up", "Whether the database answers", "publication")
        told = _families()
        for app in self._apps:
            name = app.config.publication.id
            try:
                with app.database.read() as c:
                    found = vitals(c)
            except DatabaseError:
                up.add_metric([name], 0)
                continue
            up.add_metric([name], 1)
            _tell(told, name, found)
        return [up, *told.values()]


def _families() -> dict[str, GaugeMetricFamily]:
    """By their names, in the order in which they are shown."""
    return {
        name: _gauge(name, says, *labels)
        for name, says, labels in (
            ("deliveries", "Copies by state, of watched dispatches", (*_OF_A_DISPATCH, "state")),
            ("returned", "Copies that came back, by class", (*_OF_A_DISPATCH, "class")),
            ("dispatches", "Dispatches by state", ("publication", "state")),
            ("dispatches_waiting", "Dispatches that need a worker", ("publication",)),
            ("workers", "Workers seen within a minute", ("publication",)),
            ("notices_waiting", "Mails that a person waits for", ("publication",)),
            ("letters_due", "Letters to the editor that are due", ("publication",)),
            ("relay_drained", "Relays that somebody has drained", ("publication", "relay")),
            ("relay_rest_seconds", "For how long a relay is left alone", ("publication", "relay")),
        )
    }


def _gauge(name: str, says: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"mailer_{name}", says, labels=labels)


def _tell(told: dict[str, GaugeMetricFamily], publication: str, found: Vitals) -> None:
    for each in found.dispatches:
        of = [publication, str(each.id), each.issue_id, each.list_name]
        for state, count in each.counts.items():
            told["deliveries"].add_metric([*of, state.value], count)
        for kind, count in found.returned[each.id].items():
            told["returned"].add_metric([*of, kind.value], count)
    for stage, count in found.stages.items():
        told["dispatches"].add_metric([publication, stage], count)
    for relay in found.drained:
        told["relay_drained"].add_metric([publication, relay], 1)
    for relay, seconds in found.resting.items():
        told["relay_rest_seconds"].add_metric([publication, relay], seconds)
    for name, number in (
        ("dispatches_waiting", found.waiting),
        ("workers", found.workers),
        ("notices_waiting", found.notices),
        ("letters_due", found.letters),
    ):
        told[name].add_metric([publication], number)
