"""The readers' pages: whether they answer at the address that every mail names."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from mailer.app import App
from mailer.errors import ConfigError, FetchError
from mailer.fetch import Fetcher
from mailer.model.host import on_this_machine
from mailer.ops.doctor.check import Check, fault, ok, warning

_WEB = "web"


def check_web(app: App, fetcher: Fetcher) -> Iterator[Check]:
    """Ask for a link that is nobody's: who answers it has our keys."""
    url = app.config.publication.url
    if on_this_machine(urlsplit(url).hostname or ""):
        yield warning(_WEB, f"{url}: readers elsewhere cannot reach it: set publication.url")
        return
    try:
        link = app.links.unsubscribe(app.new_token())
        found = fetcher.get(link)
    except ConfigError:
        return  # the check of the keys tells it
    except FetchError as error:
        yield fault(_WEB, f"{url}: {error}: let it lead to `mailer web` of this publication")
        return
    if found.url != link:
        says = f"{url}: leads on to {found.url}, which mail providers do not follow (RFC 8058 §3.1)"
        yield fault(_WEB, f"{says}: set publication.url to where it ends")
    elif url.startswith("http:"):
        yield warning(_WEB, f"{url}: unencrypted: one-click unsubscribing needs https (RFC 8058)")
    else:
        yield ok(_WEB, f"{url}: answers, with our keys")
