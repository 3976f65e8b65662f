"""mailer.toml + secrets.toml + MAILER_* → Config. All faults are reported at once."""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from mailer.config import faults
from mailer.config.bounces import Bounces
from mailer.config.counting import Counting
from mailer.config.database import Database, holds_password, is_sqlite, within
from mailer.config.forms import Forms
from mailer.config.inbox import Inbox
from mailer.config.rehearsal import Rehearsal
from mailer.config.retention import Retention
from mailer.config.send import Send
from mailer.config.smtp import Smtp
from mailer.config.style import Style
from mailer.config.values import Mailbox, Table, Text, shaped
from mailer.config.worker import Worker
from mailer.errors import ConfigError
from mailer.model.mailbox import ascii_domain, domain_of
from mailer.model.toml import where_and_why

FILE = "mailer.toml"
SECRETS_FILE = "secrets.toml"
SELECTOR = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"  # one label of a name in DNS
_ENV_PREFIX = "MAILER_"
_SECRETS = (
    *(("smtp", "password"), ("smtp", "passwords"), ("dkim", "keys")),
    *(("bounces", "imap_password"), ("bounces", "postmark_password")),
)
_HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_URL_HOST = re.compile(r"[A-Za-z0-9.:_-]+")
_URL_PATH = re.compile(r"[A-Za-z0-9._~/%-]*")


def _domain(text: str) -> str:
    """In A-labels and lower case."""
    try:
        domain = ascii_domain(text).lower()
    except ValueError as error:
        raise ValueError(f"is not a domain: {text!r}: {error}") from error
    if not _HOST.fullmatch(domain):
        raise ValueError(f"is not a domain such as example.org: {text!r}")
    return domain


def _http_url(text: str) -> str:
    """Its host in A-labels, without a slash at its end: it stands in headers as it is."""
    try:
        parts = urlsplit(text)
        host, port = ascii_domain(parts.hostname or ""), parts.port
    except ValueError as error:
        raise ValueError(f"is not an address of the web: {text!r}: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError(f"is not an http(s) address: {text!r}")
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError("has a query, a fragment or a login: give the address without them")
    if not _URL_PATH.fullmatch(parts.path) or not _URL_HOST.fullmatch(host) or len(text) > 500:
        raise ValueError(f"holds characters that an address cannot have: {text!r}")
    where = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{where}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"is not a time zone such as Europe/Berlin: {text!r}") from error
    return text


def _list_name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", text):
        raise ValueError(f"must be lower-case letters, digits and hyphens: {text!r}")
    return text


def _file_name(text: str) -> str:
    if "://" in text:
        raise ValueError(f"is on the web: {text!r}: save it into images/ and name that file")
    return text


HttpUrl = Annotated[str, AfterValidator(_http_url)]
TimeZone = Annotated[str, AfterValidator(_timezone)]
Domain = Annotated[str, AfterValidator(_domain)]
Selector = Annotated[str, shaped(SELECTOR, "is no selector such as 2026-rsa")]
ListName = Annotated[str, AfterValidator(_list_name)]
Colour = Annotated[str, shaped("#[0-9a-fA-F]{6}", "is no colour such as #1a6fb0")]
Lang = Annotated[str, shaped("[a-z]{2,3}(-[A-Za-z0-9]+)*", "is no language such as en or pt-BR")]
ThemeName = Annotated[str, shaped("[a-z0-9-]+", "is no theme's name such as digest")]


class Publication(Table):
    id: ListName
    name: Text = Field(min_length=1, max_length=200)
    sender: Mailbox = Field(alias="from")
    reply_to: Mailbox | None = None
    editor: Mailbox | None = None
    url: HttpUrl
    former_urls: tuple[HttpUrl, ...] = ()  # where it was before: old links go on working
    address: Text = ""
    timezone: TimeZone = "UTC"
    lang: Lang = "en"
    theme: ThemeName = "digest"
    list: ListName
    names: tuple[str, ...] = ()  # its own names, as the check shall want them spelled
    lead_words: tuple[str, ...] = ()  # more words that may begin a link line
    images: Literal["linked", "attached"] = "linked"  # where a message's pictures are
    images_url: HttpUrl | None = None  # where linked ones are served; default: below `url`


class Look(Table):
    """What a publication changes of its theme; names as in the theme's `theme.toml`."""

    light: Mapping[str, Colour] = {}
    dark: Mapping[str, Colour] = {}
    strings: Mapping[str, Mapping[str, Text]] = {}  # by language
    tagline: Text = ""
    logo: Annotated[str, AfterValidator(_file_name)] = ""  # relative to the publication
    logo_alt: Text = ""  # default: the publication's name
    logo_width: int | None = Field(default=None, ge=1, le=600)  # CSS pixels
    sign_up: bool = False  # whether the foot says when and where its reader signed up


class DkimKey(Table):
    pem: SecretStr


class Dkim(Table):
    """`selectors` sign, in this order; `keys` may hold more: not yet or no longer in use."""

    domain: Domain | None = None
    selectors: tuple[Selector, ...] = ()
    keys: Mapping[Selector, DkimKey] = {}


class Keys(Table):
    """Link keys by number; `link` names the one that signs (see mailer/links.py). `pepper` makes
    the fingerprints of erased addresses; there is one, for ever."""

    pepper: str | None = Field(default=None, min_length=32)
    link: int = Field(ge=0, le=255)
    links: Mapping[Annotated[int, Field(ge=0, le=255)], Annotated[str, Field(min_length=32)]]


class Config(Table):
    publication: Publication
    look: Look = Look()
    database: Database = Database()
    smtp: Smtp = Smtp()
    send: Send = Send()
    rehearsal: Rehearsal = Rehearsal()
    bounces: Bounces = Bounces()
    forms: Forms = Forms()
    counting: Counting = Counting()
    inbox: Inbox = Inbox()
    style: Style = Style()
    retention: Retention = Retention()
    worker: Worker = Worker()
    dkim: Dkim = Dkim()
    keys: Keys | None = None
    folder: Path = Field(exclude=True)

    @field_validator("dkim")
    @classmethod
    def _aligned(cls, dkim: Dkim, info: ValidationInfo) -> Dkim:
        """DMARC asks that the signature's domain and From's go together (RFC 7489 §3.1.1)."""
        for selector in dkim.selectors:
            if selector not in dkim.keys:
                raise ValueError(
                    f"selector {selector!r} has no key in {SECRETS_FILE}: put it back, or make "
                    f"another with `mailer dkim new`"
                )
        publication = info.data.get("publication")
        if publication is None or dkim.domain is None:
            return dkim
        sender = domain_of(publication.sender)
        if sender != dkim.domain and not sender.endswith("." + dkim.domain):
            raise ValueError(
                f"domain {dkim.domain} does not go with {publication.sender}: "
                f"use {sender} or a domain above it"
            )
        return dkim

    @field_validator("worker")
    @classmethod
    def _has_its_database(cls, worker: Worker, info: ValidationInfo) -> Worker:
        database = info.data.get("database")
        if worker.engine == "procrastinate" and database is not None and is_sqlite(database.url):
            raise ValueError(
                'engine "procrastinate" needs PostgreSQL in database.url: with SQLite use "inline"'
            )
        return worker

    @field_validator("inbox")
    @classmethod
    def _heard(cls, inbox: Inbox, info: ValidationInfo) -> Inbox:
        bounces = info.data.get("bounces")
        if inbox.address is not None and bounces is not None and bounces.listen is None:
            raise ValueError("nothing listens for its mail: set bounces.listen too")
        return inbox

    @property
    def database_url(self) -> str:
        """With SQLite's path made absolute."""
        return within(self.folder, self.database.url)


def load(folder: Path, environ: Mapping[str, str]) -> Config:
    """Read the publication in `folder`; raises ConfigError with every fault, one a line."""
    path = folder / FILE
    document = _read_toml(path)
    if _holds_secrets(document):
        _require_private(path)
    secrets = folder / SECRETS_FILE
    if secrets.exists():
        _require_private(secrets)
        document = _merged(document, _read_toml(secrets))
    given = _from_environment(environ)
    document = _merged(document, given)
    try:
        return Config.model_validate({**document, "folder": folder.resolve()})
    except ValidationError as error:
        faulty = (f"{_place(path, given, key)}: {said}" for key, said in faults.told(error))
        raise ConfigError("\n".join(faulty)) from error


def _place(path: Path, given: Mapping[str, Any], key: Sequence[str]) -> str:
    """Where a key has its value from: the environment, or a file."""
    table, *rest = key or ("",)
    if rest and rest[0] in _table(given.get(table)):
        return "__".join((_ENV_PREFIX + table, *rest)).upper().replace("-", "_")
    return f"{path}: {'.'.join(key)}"


def _holds_secrets(document: Mapping[str, Any]) -> bool:
    smtp = _table(document.get("smtp"))
    relays = smtp.get("relays")
    own = (
        any("password" in _table(relay) for relay in relays) if isinstance(relays, list) else False
    )
    login = holds_password(_table(document.get("database")).get("url"))
    return login or own or any(key in _table(document.get(table)) for table, key in _SECRETS)


def _table(value: object) -> Mapping[str, Any]:
    """What should be a table; an empty one where it is none, which is told elsewhere."""
    return value if isinstance(value, dict) else {}


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path}: no such file: go to a publication's folder, name it with -C, "
            "or make one with `mailer init DIR`"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(f"{path}: cannot be read: {why}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}{where_and_why(error)}") from error


def _require_private(path: Path) -> None:
    """A file with secrets in it is for its owner alone."""
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(
            f"{path}: others can read the secrets in it: move them to {SECRETS_FILE}, or run "
            f"`chmod 600 {path}`"
        )


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """`MAILER_SMTP__PASSWORD=x` → {"smtp": {"password": "x"}}. Names without `__` are not ours.

    A third part names an entry of a table: `MAILER_SMTP__PASSWORDS__OUR_RELAY` is that of the
    relay `our-relay`, since an environment has no hyphens.
    """
    found: dict[str, Any] = {}
    for name, value in environ.items():
        table, _, key = name.removeprefix(_ENV_PREFIX).lower().partition("__")
        if not name.startswith(_ENV_PREFIX) or not key:
            continue
        key, _, entry = key.partition("__")
        inner = found.setdefault(table, {})
        if entry:
            before = inner.get(key)
            others = before if isinstance(before, dict) else {}
            inner[key] = {**others, entry.replace("_", "-"): value}
        else:
            inner[key] = value
    return found


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = _merged(old, value) if both else value  # type: ignore[arg-type]
    return merged
