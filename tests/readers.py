"""Readers' pages for tests: a site over a real database, and a way to ask it without a socket."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import publication
from starlette.applications import Starlette

from mailer.config.forms import Forms
from mailer.database import Database
from mailer.ledger import archive, editions, plan
from mailer.ledger.plan import Order
from mailer.links import Keyring, Links
from mailer.model.edition import Edition, PictureFile
from mailer.premises import theme_of
from mailer.web.application import create
from mailer.web.clerk import Clerk
from mailer.web.pages import Pages, family_palette
from mailer.web.restraint import Restraint
from mailer.web.site import Face, Site
from mailer.web.way_out import WayOut
from subscribers.model import Consent, SubscriptionStatus

URL = "https://news.example.org"
PNG = PictureFile("0a1b2c.png", "image/png", 1, 1, b"\x89PNG\r\n\x1a\nfor a test")
_KEYS = Keyring(1, {0: b"o" * 32, 1: b"k" * 32})


@dataclass
class Readers:
    """A publication's site. `anne` is on both lists, `weekly` was planned after `monthly`."""

    bench: publication.Bench
    site: Site
    application: Starlette
    anne: bytes  # the token of her subscription to `monthly`
    anne_weekly: bytes

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request as it comes from a reader, without following redirects."""
        return ask(self.application, method, path, **more)

    def unsubscribe(self, subject: bytes | None = None) -> str:
        """The path of a one-click link."""
        return self._path(self.site.links.unsubscribe(subject or self.anne))

    def preferences(self, subject: bytes | None = None) -> str:
        return self._path(self.site.links.preferences(subject or self.anne))

    def _path(self, url: str) -> str:
        return url.removeprefix(self.site.origin)

    def statuses(self, email: str = "anne@example.org") -> dict[str, SubscriptionStatus]:
        person = self.bench.store.show(email)
        return {each.list: each.status for each in person.subscriptions}

    def with_forms(self, **changes: Any) -> Readers:
        """The same, with other settings in `[forms]`."""
        forms = self.site.forms.model_copy(update=changes)
        site = dataclasses.replace(self.site, forms=forms, restraint=Restraint(forms))
        return dataclasses.replace(self, site=site, application=create(site))

    def publish(self, edition: Edition, files: tuple[PictureFile, ...] = ()) -> None:
        """As if the edition had been sent to `monthly`."""
        to = self.bench.store.list("monthly")
        with self.bench.database.write() as c:
            stored = editions.store(c, edition, files, publication.NOON)
            order = Order(edition.issue_id, stored, to.id, to.name, to.title, to.list_id)
            audience = self.bench.store.audience("monthly")
            count = plan.count(c, audience, order.issue_id)
            plan.plan(c, order, audience, publication.NOON, count)

    def post(self, edition: Edition, files: tuple[PictureFile, ...] = ()) -> None:
        """As if the edition had been put into the archive without being mailed."""
        with self.bench.database.write() as c:
            stored = editions.store(c, edition, files, publication.NOON)
            archive.post(c, edition, stored, "a test", publication.NOON)


def ask(application: Starlette, method: str, path: str, **more: Any) -> httpx.Response:
    return ask_each(application, [(method, path, more)])[0]


def ask_each(
    application: Starlette, requests: Iterable[tuple[str, str, dict[str, Any]]]
) -> list[httpx.Response]:
    """One after the other; a request may name the `ip` that it comes from."""

    async def all_() -> list[httpx.Response]:
        return [await _asked(application, method, path, **more) for method, path, more in requests]

    return asyncio.run(all_())


async def _asked(
    application: Starlette, method: str, path: str, ip: str = "127.0.0.1", **more: Any
) -> httpx.Response:
    transport = httpx.ASGITransport(application, raise_app_exceptions=False, client=(ip, 123))
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        return await client.request(method, path, **more)


def make(bench: publication.Bench, url: str = URL) -> Readers:
    consent = Consent("sign-up form", "yes")
    confirmed = SubscriptionStatus.CONFIRMED
    for name in ("monthly", "weekly"):
        bench.store.add("anne@example.org", name, {}, consent, confirmed, publication.NOON)
    tokens = {each.list: each.token for each in bench.store.show("anne@example.org").subscriptions}
    site = site_over(bench, url)
    return Readers(bench, site, create(site), tokens["monthly"], tokens["weekly"])


def site_over(bench: publication.Bench, url: str = URL, database: Database | None = None) -> Site:
    everywhere = {
        "publication": "Neurodigest",
        "postal_address": "1 Example Street\n12345 Exampletown",
        "contact": "editor@example.org",
        "contact_url": "mailto:editor@example.org",
        "home": "/",
    }
    used, forms = database or bench.database, Forms()
    return Site(
        url=url,
        store=bench.store,
        database=used,
        links=Links(url, _KEYS),
        now=lambda: publication.NOON,
        pages=Pages(family_palette(), everywhere),
        zone=ZoneInfo("Europe/Berlin"),
        strings=theme_of("digest").strings,
        lang="en",
        face=Face("neurodigest", "Neurodigest", "monthly", "Models, code and data"),
        forms=forms,
        restraint=Restraint(forms),
        clerk=Clerk(used, lambda: None, print),
        way_out=WayOut(used, lambda: publication.NOON),
    )
