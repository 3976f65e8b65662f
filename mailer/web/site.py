"""What the readers' pages need of a publication."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from starlette.requests import Request

from mailer.app import TERMINAL, App
from mailer.composer.html.views import locale_of, long_date
from mailer.config import Publication
from mailer.config.counting import Counting
from mailer.config.forms import Forms
from mailer.database import Database
from mailer.desk import notice_texts
from mailer.desk.postroom import Postroom
from mailer.links import Links
from mailer.model.mailbox import split_mailbox
from mailer.web.clerk import Clerk, Job
from mailer.web.pages import Pages, repainted
from mailer.web.restraint import Asker, Restraint, Verdict
from mailer.web.way_out import WayOut
from mailer.web.words import Words, asked_for
from subscribers.model import List, SubscriptionView
from subscribers.store import Store


@dataclass(frozen=True)
class Face:
    """How the publication shows itself; `id` is for ever. `list` is the one that people get who
    name none."""

    id: str
    name: str
    list: str
    tagline: str = ""


@dataclass(frozen=True)
class Site:
    """`url` is the public one, without a slash at its end, `former` those before it; `zone` that
    of the times people read; `strings` gives a language's words of the publication's theme; `lang`
    is the publication's. `tell` gets a line for each trouble."""

    url: str
    store: Store
    database: Database
    links: Links
    now: Callable[[], dt.datetime]
    pages: Pages
    zone: ZoneInfo
    strings: Callable[[str], Mapping[str, str]]
    lang: str
    face: Face
    forms: Forms
    restraint: Restraint
    clerk: Clerk
    way_out: WayOut
    counting: Counting = field(default_factory=Counting)
    former: tuple[str, ...] = ()
    tell: Callable[[str], None] = TERMINAL

    @property
    def home(self) -> str:
        return f"{self.prefix}/"

    def words(self, request: Request, view: SubscriptionView | None = None) -> Words:
        """Of the language in which to speak to whoever asks, a known reader if there is a view."""
        return asked_for(request, view.language if view else None, self.lang)

    def ask(self, asker: Asker, job: Job) -> Verdict:
        """Have a job done for which somebody is mailed, unless too many were asked for."""
        verdict = self.restraint.weigh(asker)
        if verdict is Verdict.FREE and not self.clerk.later(partial(self._done, asker, job)):
            return Verdict.BUSY
        return verdict

    def _done(self, asker: Asker, job: Job, c: sa.Connection) -> None:
        if self.restraint.allows(c, asker, self.links.keyring, self.now()):
            job(c)

    def offers(self, list_name: str) -> bool:
        """Whether anybody may join the list."""
        return self.forms.lists is None or list_name in self.forms.lists

    def offered(self) -> list[List]:
        """The lists that anybody may join."""
        return [each for each in self.store.lists() if self.offers(each.name)]

    def date_of(self, at: dt.datetime) -> dt.date:
        """The day, where the publication is."""
        return at.astimezone(self.zone).date()

    def midnight(self, day: dt.date) -> dt.datetime:
        """When the day begins, where the publication is."""
        return dt.datetime.combine(day, dt.time(), self.zone).astimezone(dt.UTC)

    def day(self, day: dt.date, lang: str) -> str:
        """As a person reads it."""
        return long_date(day, locale_of(lang))

    @property
    def prefix(self) -> str:
        """The path below which the public URL has the pages; most often empty."""
        return urlsplit(self.url).path

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def origin(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def https(self) -> bool:
        return urlsplit(self.url).scheme == "https"


def site_of(app: App, tell: Callable[[str], None] = TERMINAL) -> Site:
    """`tell` gets a line for each trouble. Raises ConfigError without link keys or for a fault in
    the texts of its mails, DatabaseError without a fitting database."""
    notice_texts.require_sound(app)
    publication, look = app.config.publication, app.config.look
    theme = app.theme(publication.theme)
    palette = repainted(theme.repainted(look.light, look.dark))
    return Site(
        url=publication.url,
        store=app.store,
        database=app.database,
        links=app.links,
        now=app.now,
        pages=Pages(palette, _everywhere(publication)),
        zone=app.timezone,
        strings=lambda lang: theme.strings(lang, look.strings),
        lang=publication.lang,
        face=Face(publication.id, publication.name, publication.list, look.tagline),
        forms=app.config.forms,
        restraint=Restraint(app.config.forms),
        clerk=Clerk(app.database, Postroom(app, tell).mail_due, tell),
        way_out=WayOut(app.database, app.now),
        counting=app.config.counting,
        former=publication.former_urls,
        tell=tell,
    )


def _everywhere(publication: Publication) -> dict[str, str]:
    """What stands around every page."""
    _, contact = split_mailbox(publication.reply_to or publication.sender)
    return {
        "publication": publication.name,
        "postal_address": publication.address,
        "contact": contact,
        "contact_url": f"mailto:{quote(contact, safe='@')}",
        "home": f"{urlsplit(publication.url).path}/",
    }
