"""A publication with its readers' pages and its postroom, for tests of what people do there: mails
go into a folder, and the pages' clock is turned by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import letterbox
import newsroom
import readers
from letterbox import Mail
from starlette.applications import Starlette

from mailer.app import App, open_app
from mailer.web.application import create
from mailer.web.restraint import Restraint
from mailer.web.site import Site, site_of
from mailer.web.visiting import Visiting
from subscribers.errors import UnknownSubscriber

ANN = "ann@example.org"
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Clock:
    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def turn(self, **forward: float) -> None:
        self.now += dt.timedelta(**forward)


@dataclass
class Reception:
    app: App
    site: Site
    clock: Clock
    application: Starlette

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return readers.ask(self.application, method, f"{self.site.origin}{path}", **more)

    def post(self, path: str, fields: Mapping[str, Any], **more: Any) -> httpx.Response:
        """A form, as a browser sends it from our own page."""
        headers = {**FORM, "sec-fetch-site": "same-origin", **more.pop("headers", {})}
        body = urlencode(fields, doseq=True)
        return self.ask("POST", path, content=body, headers=headers, **more)

    def sign_up(self, email: str = ANN, **fields: Any) -> httpx.Response:
        """The form of another page, sent and worked off."""
        answer = self.post("/subscribe", {"email": email, **fields})
        self.site.clerk.work_off()
        return answer

    def mails(self, to: str | None = None) -> list[Mail]:
        """Those to one address, or all, once the clerk has mailed what is due."""
        self.site.clerk.work_off()
        return [m for m in letterbox.read(self.app.folder / "copies") if to in (None, m.to)]

    def status(self, email: str = ANN, list_name: str = "monthly") -> str | None:
        try:
            own = self.app.store.show(email).subscriptions
        except UnknownSubscriber:
            return None
        return next((each.status.value for each in own if each.list == list_name), None)

    def confirmed(self, email: str = ANN, **fields: Any) -> Mail:
        """Signed up, and the link of the mail followed; the welcome."""
        self.sign_up(email, **fields)
        self.post(self.mails(email)[-1].link("c"), {})
        return self.mails(email)[-1]

    def with_forms(self, **changes: Any) -> Reception:
        """The same, with other settings in `[forms]`."""
        forms = self.site.forms.model_copy(update=changes)
        site = dataclasses.replace(self.site, forms=forms, restraint=Restraint(forms))
        return dataclasses.replace(self, site=site, application=create(site))


def make(folder: Path, changes: Mapping[str, str] | None = None) -> Reception:
    """`changes` are those of pieces of mailer.toml."""
    room = newsroom.make(folder)
    for old, new in (changes or {}).items():
        room.write(old, new, "mailer.toml")
    app = open_app(folder)
    clock = Clock(app.now())
    site = dataclasses.replace(site_of(app), now=clock)
    visiting = Visiting(site, lambda email: f"all of {email}".encode(), _nobody_erases)
    return Reception(app, site, clock, create(site, visiting.routes()))


def _nobody_erases(email: str) -> None:
    raise AssertionError(f"{email} was to be erased")
