"""What a publication has without its database: settings, folder, clock, and the way to the network.

Whoever needs no more than that, such as an editor who keeps a link, does not wait for the rest of
the program to be loaded.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from mailer import config as configuration
from mailer import files
from mailer.composer.html import theme as themes
from mailer.composer.html.layer import Layer
from mailer.composer.html.theme import Theme
from mailer.config import Config
from mailer.errors import NotFound
from mailer.fetch import Fetcher, KeptPages, Manners

_BASE = "_base"  # what all themes share; no theme itself
_OWN = "themes"  # the folder of a publication
_LARGEST_PAGE = 5_000_000  # bytes of a page or feed that is read for what stands in it


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Premises:
    """Nothing is opened before it is asked for."""

    config: Config

    @property
    def folder(self) -> Path:
        return self.config.folder

    @property
    def issues(self) -> Path:
        """The folder of the issue files."""
        return self.folder / "issues"

    @property
    def timezone(self) -> ZoneInfo:
        """Of the times that people read."""
        return ZoneInfo(self.config.publication.timezone)

    @property
    def domain(self) -> str:
        """The host of the publication's URL: in EHLO, Message-ID and List-Id."""
        return urlsplit(self.config.publication.url).hostname or "localhost"

    @property
    def mails_strangers(self) -> bool:
        """Whether some relay is on another machine: then what goes wrong cannot be taken back."""
        return not all(relay.stays_here for relay in self.config.smtp.all_relays)

    def now(self) -> dt.datetime:
        return utc_now()

    def today(self) -> dt.date:
        """Where the editor is."""
        return self.now().astimezone(self.timezone).date()

    def theme(self, name: str) -> Theme:
        """A theme that ships with us, or the publication's own: what its folder `themes/` has
        under that name lies over ours."""
        return theme_of(name, self.folder / _OWN)

    @property
    def fetcher(self) -> Fetcher:
        return Fetcher(f"newsletter-mailer (+{self.config.publication.url})")

    @cached_property
    def guest(self) -> Fetcher:
        """For what a page names and no person: it heeds robots.txt."""
        return Manners(self.fetcher).fetcher

    @property
    def pages(self) -> KeptPages:
        """Pages and feeds that are read for what stands in them, as a guest."""
        reading = dataclasses.replace(self.guest, largest=_LARGEST_PAGE)
        return KeptPages(reading, self.folder / ".cache" / "pages")


def theme_of(name: str, own: Path | None = None) -> Theme:
    """A theme that ships with us, with a publication's `own` folder of themes over it; raises
    NotFound where neither has it."""
    ours = files.templates_dir() / "email"
    shelves = [ours] if own is None else [ours, own]
    folders = [shelf / name for shelf in shelves if (shelf / name).is_dir()]
    if not folders:
        known = {
            path.name for shelf in shelves for path in shelf.glob("[a-z0-9]*") if path.is_dir()
        }
        names = ", ".join(sorted(known))
        raise NotFound(f"theme {name!r}: there is none of that name: use one of {names}")
    return themes.from_layers(name, *(_layer(folder) for folder in (ours / _BASE, *folders)))


def _layer(folder: Path) -> Layer:
    """Named as an editor would look for it: `digest`, `themes/digest`."""
    name = f"{_OWN}/{folder.name}" if folder.parent.name == _OWN else folder.name
    return Layer(name, files.read_texts(folder))


def open_premises(folder: Path) -> Premises:
    """Raises ConfigError with every fault of mailer.toml, secrets.toml and MAILER_*."""
    return Premises(configuration.load(folder, os.environ))
