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
from zoneinfo import ZoneInfo

from mailer import config as configuration
from mailer.config import Config
from mailer.fetch import Fetcher, KeptPages, Manners

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

    def now(self) -> dt.datetime:
        return utc_now()

    def today(self) -> dt.date:
        """Where the editor is."""
        return self.now().astimezone(self.timezone).date()

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


def open_premises(folder: Path) -> Premises:
    """Raises ConfigError with every fault of mailer.toml, secrets.toml and MAILER_*."""
    return Premises(configuration.load(folder, os.environ))
