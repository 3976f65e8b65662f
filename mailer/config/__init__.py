"""A publication's settings: mailer.toml, secrets.toml and the environment, as one frozen value."""

from __future__ import annotations

from mailer.config.dkim import SELECTOR
from mailer.config.load import FILE, SECRETS_FILE, Config, load
from mailer.config.publication import Publication
from mailer.config.smtp import FOLDER_SCHEME
from mailer.config.smtp import Relay as RelaySettings

__all__ = [
    "FILE",
    "FOLDER_SCHEME",
    "SECRETS_FILE",
    "SELECTOR",
    "Config",
    "Publication",
    "RelaySettings",
    "load",
]
