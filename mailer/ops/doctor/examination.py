"""Everything that the doctor looks at, in the order in which it is mended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from mailer.app import App, open_app
from mailer.errors import ConfigError
from mailer.fetch import Fetcher
from mailer.model.mailbox import domain_of
from mailer.ops.doctor import addresses, authentication, bounces, deployment, household, relay, web
from mailer.ops.doctor.check import Check, fault, warning
from mailer.ops.doctor.lookup import Lookup, NoAnswer


def examine(
    folder: Path,
    lookup: Lookup,
    fetcher_of: Callable[[App], Fetcher] = lambda app: app.fetcher,
    deployed: bool = False,
) -> Iterator[Check]:
    """One check after the other, as each is done. `deployed`: on a machine that is to send and to
    serve by itself, of which more is asked than of the one on which an editor writes."""
    try:
        app = open_app(folder)
    except ConfigError as error:
        yield from (fault("configuration", line) for line in str(error).splitlines())
        return
    yield from household.check_configuration(app)
    yield from household.check_keys(app)
    yield from household.check_database(app)
    if deployed:
        yield from deployment.check_deployment(app)
    else:
        yield from household.check_worker(app)
    yield from relay.check_relays(app)
    if all(settings.keeps_copies for settings in app.config.smtp.all_relays):
        return
    yield from _check_names(app, lookup)
    yield from bounces.check_bounces(app)
    yield from web.check_web(app, fetcher_of(app))


def _check_names(app: App, lookup: Lookup) -> Iterator[Check]:
    """What DNS must say. A question without an answer leaves the others."""
    return_domain = domain_of(app.return_path(app.config.publication.sender))
    leaving = _leaving(app, lookup)
    for name, checks in (
        ("spf", authentication.check_spf(lookup, return_domain, leaving)),
        ("dkim", authentication.check_dkim(app, lookup)),
        ("dmarc", authentication.check_dmarc(app, lookup, return_domain)),
        ("ptr", addresses.check_ptr(lookup, leaving, app.hello)),
        ("mx", addresses.check_mx(lookup, return_domain)),
    ):
        try:
            yield from checks
        except NoAnswer as error:
            yield warning(name, str(error))
        except ConfigError as error:
            yield fault(name, str(error))


def _leaving(app: App, lookup: Lookup) -> list[str]:
    try:
        return addresses.leaving(app, lookup)
    except NoAnswer:
        return []
