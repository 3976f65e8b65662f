"""[smtp], [[smtp.relays]] and [smtp.domains]: where copies go, and how fast."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import idna
from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic import model_validator as whole

from mailer.config.presets import PRESETS, Preset
from mailer.config.values import Table, shaped
from mailer.model.host import on_this_machine

FOLDER_SCHEME = "folder"  # `folder:copies` writes each copy to a file instead of sending it
_SCHEMES = ("smtp", "smtp+starttls", "smtps")
_SHARED = frozenset({"hello", "timeout"})  # what [smtp] says for relays that do not say it


def _domain(text: str) -> str:
    try:
        return idna.encode(text, uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(f"is not a domain: {text!r}: {error}") from error


RelayName = Annotated[
    str,
    shaped("[a-z0-9][a-z0-9-]{0,30}", "is no relay's name such as our-own"),
]
Domain = Annotated[str, AfterValidator(_domain)]
_Most = Annotated[int, Field(ge=1, le=10**9)]
_PerSecond = Annotated[float, Field(ge=0.01, le=10**6)]


class Relay(Table):
    """One relay. Limits that are None do not exist."""

    name: RelayName = "relay"
    preset: Preset | None = None
    url: str = Field(default="", validate_default=True)
    user: str = ""
    password: SecretStr | None = None
    weight: float | None = Field(default=None, gt=0, le=1000)
    connections: int = Field(default=10, ge=1, le=500)
    connections_in_all: int | None = Field(default=None, ge=1, le=10_000)
    messages_per_connection: _Most | None = None
    messages_per_second: _PerSecond | None = None
    messages_per_minute: _Most | None = None
    messages_per_hour: _Most | None = None
    messages_per_day: _Most | None = None
    warm_up: tuple[_Most, ...] = ()  # copies on the first day, on the second …
    warm_up_start: dt.date | None = Field(default=None, validate_default=True)
    timeout: float = Field(default=60.0, gt=0, le=3600)  # seconds for each reply
    hello: str = ""  # the name given in EHLO; default: the host of the publication's URL
    tls: Literal["required", "off"] = "required"  # off loopback
    verify: bool = True  # the relay's certificate

    @whole(mode="before")
    @classmethod
    def _above_preset(cls, given: Any) -> Any:
        """What was written down wins over what the preset says."""
        preset = given.get("preset") if isinstance(given, dict) else None
        known = PRESETS.get(preset) if isinstance(preset, str) else None  # type: ignore[call-overload]
        return given if known is None else {"url": known.url, **known.defaults, **given}

    @field_validator("url")
    @classmethod
    def _of_a_relay(cls, url: str, info: ValidationInfo) -> str:
        preset = info.data.get("preset")
        if not url:
            raise ValueError(f"is missing: {PRESETS[preset].choice if preset else 'smtp://HOST'}")
        return _checked_url(url)

    @field_validator("user")
    @classmethod
    def _once(cls, user: str, info: ValidationInfo) -> str:
        if user and urlsplit(info.data.get("url", "")).username:
            raise ValueError("stands in the url as well: write it once")
        return user

    @field_validator("warm_up_start")
    @classmethod
    def _with_plan(cls, start: dt.date | None, info: ValidationInfo) -> dt.date | None:
        plan = info.data.get("warm_up")
        if plan is not None and bool(plan) is not bool(start):
            raise ValueError(
                "a warm-up needs both: warm_up = [50, 100, 500], copies on each day, and "
                "warm_up_start = 2026-12-01, the first"
            )
        return start

    @field_validator("tls")
    @classmethod
    def _fitting(cls, tls: str, info: ValidationInfo) -> str:
        scheme = urlsplit(info.data.get("url", "")).scheme
        if tls == "off" and scheme != "smtp":
            raise ValueError(f'"off" contradicts the url, which says {scheme}')
        return tls

    @property
    def keeps_copies(self) -> bool:
        """Whether it is no relay but a folder."""
        return urlsplit(self.url).scheme == FOLDER_SCHEME

    @property
    def stays_here(self) -> bool:
        """Whether what it takes does not leave this machine, as far as its name tells."""
        return self.keeps_copies or on_this_machine(urlsplit(self.url).hostname or "")

    @property
    def periods(self) -> Mapping[str, int]:
        """The limits by minute, hour and day that there are."""
        limits = {
            "minute": self.messages_per_minute,
            "hour": self.messages_per_hour,
            "day": self.messages_per_day,
        }
        return {period: limit for period, limit in limits.items() if limit is not None}


class DomainLimits(Table):
    """What one recipient domain gets at a time, through any relay."""

    connections: int | None = Field(default=None, ge=1, le=500)
    per_second: _PerSecond | None = None


class Smtp(Relay):
    """The one relay, or what several share. `passwords` are those of relays, by name."""

    url: str = "smtp://localhost:25"
    relays: tuple[Relay, ...] = ()
    domains: Mapping[Domain, DomainLimits] = {}
    passwords: Mapping[str, SecretStr] = {}

    @whole(mode="before")
    @classmethod
    def _shared(cls, given: Any) -> Any:
        """What stands in [smtp] for all relays."""
        relays = given.get("relays") if isinstance(given, dict) else None
        if not isinstance(relays, list | tuple):
            return given
        shared = {key: given[key] for key in _SHARED & given.keys()}
        return {**given, "relays": [{**shared, **r} if isinstance(r, dict) else r for r in relays]}

    @field_validator("relays")
    @classmethod
    def _told_apart(cls, relays: tuple[Relay, ...]) -> tuple[Relay, ...]:
        if any("name" not in relay.model_fields_set for relay in relays):
            raise ValueError("need a name each, under which their copies are counted")
        twice = [name for name, n in Counter(relay.name for relay in relays).items() if n > 1]
        if twice:
            raise ValueError(f"have the same name: {', '.join(twice)}")
        return relays

    @whole(mode="after")
    def _one_form(self) -> Self:
        own = self.model_fields_set & Relay.model_fields.keys() - _SHARED
        if self.relays and own:
            keys = ", ".join(sorted(own))
            raise ValueError(f"has {keys} beside [[smtp.relays]]: move that into one of the relays")
        unknown = self.passwords.keys() - {relay.name for relay in self.relays}
        if unknown:
            raise ValueError(f"has passwords for no relay: {', '.join(sorted(unknown))}")
        return self

    @property
    def all_relays(self) -> tuple[Relay, ...]:
        return self.relays or (self,)

    def password_of(self, relay: Relay) -> str:
        found = self.passwords.get(relay.name) or relay.password
        return found.get_secret_value() if found else ""

    def variable_of(self, relay: Relay) -> str:
        """The environment's name of that password."""
        if not self.relays:
            return "MAILER_SMTP__PASSWORD"
        return f"MAILER_SMTP__PASSWORDS__{relay.name.upper().replace('-', '_')}"


def _checked_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        _ = parts.port  # reading it is what checks it
    except ValueError as error:
        raise ValueError(f"is not the address of a relay: {text!r}: {error}") from error
    if parts.scheme == FOLDER_SCHEME and parts.path:
        return text
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise ValueError(f"is not smtp://, smtp+starttls://, smtps:// or folder:PATH: {text!r}")
    if parts.password is not None:
        raise ValueError("holds a password: give it as MAILER_SMTP__PASSWORD or in secrets.toml")
    return text
