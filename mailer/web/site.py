"""What the readers' pages need of a publication."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from mailer.app import App
from mailer.config import Publication
from mailer.database import Database
from mailer.links import Links
from mailer.model.mailbox import split_mailbox
from mailer.web.pages import Pages, repainted
from subscribers.store import Store


@dataclass(frozen=True)
class Site:
    """`url` is the public one, without a slash at its end; `zone` that of the times people read;
    `strings` gives a language's words of the publication's theme; `lang` is the publication's."""

    url: str
    store: Store
    database: Database
    links: Links
    now: Callable[[], dt.datetime]
    pages: Pages
    zone: ZoneInfo
    strings: Callable[[str], Mapping[str, str]]
    lang: str

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


def site_of(app: App) -> Site:
    """Raises ConfigError without link keys, DatabaseError without a fitting database."""
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
