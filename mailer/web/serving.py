"""`mailer web` and the monitoring of programs that nobody watches: what is served where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from mailer.app import App
from mailer.errors import ConfigError
from mailer.log import Log
from mailer.web import hosting, meter, metrics, monitoring, server
from mailer.web.meter import Metered
from mailer.web.metrics import Ledgers
from mailer.web.site import site_of


@dataclass(frozen=True)
class Place:
    """Where to listen; port 0 takes a free one."""

    host: str
    port: int


def serve(apps: Sequence[App], place: Place, log: Log, watched_at: Place | None) -> None:
    """Serve the readers' pages of publications until SIGTERM or ctrl-C; `watched_at` is for their
    metrics.

    Raises ConfigError where two publications cannot be told apart, MailerError where nothing can
    listen, and what `site_of` raises.
    """
    _require_apart(apps)
    registry = metrics.registry()
    registry.register(Ledgers(apps))
    requests = meter.requests(registry)
    sites = []
    for app in apps:
        publication = app.config.publication
        pages = server.application_of(site_of(app, log.about(publication=publication.id)), app)
        pages.add_middleware(Metered, publication=publication.id, requests=requests)
        sites.append((publication, pages))
    with ExitStack() as stack:
        listener = stack.enter_context(server.listen(place.host, place.port))
        stack.enter_context(watched(watched_at, registry, lambda: _require_health(apps), log))
        names = ", ".join(f"{each.name} (public: {each.url})" for each, _ in sites)
        greeting = f"readers' pages at {server.address(listener)} of {names}; ctrl-C stops"
        server.run(hosting.together(sites), listener, greeting, tell=log)


def _require_apart(apps: Sequence[App]) -> None:
    hosting.require_apart([app.config.publication for app in apps])
    owners: dict[str, App] = {}
    for app in apps:
        other = owners.setdefault(app.config.database_url, app)
        if other is not app:
            raise ConfigError(
                f"{other.folder} and {app.folder}: have the same database: give each its own "
                "database.url; MAILER_DATABASE__URL holds for all"
            )


def _require_health(apps: Sequence[App]) -> None:
    for app in apps:
        app.store.lists()


@contextmanager
def watched(
    place: Place | None,
    registry: CollectorRegistry,
    require_health: Callable[[], None],
    log: Log,
) -> Iterator[None]:
    """While the block runs `/metrics` and `/healthz` are served at the place, if there is one."""
    if place is None:
        yield
        return
    application = monitoring.create(registry, require_health)
    with (
        server.listen(place.host, place.port) as listener,
        server.running(application, listener) as where,
    ):
        log(f"metrics at {where}/metrics, health at {where}/healthz")
        yield
