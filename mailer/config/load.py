"""mailer.toml + secrets.toml + MAILER_* → Config. All faults are reported at once."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, ValidationInfo, field_validator

from mailer.config import environment, faults
from mailer.config.bounces import Bounces
from mailer.config.counting import Counting
from mailer.config.database import Database, holds_password, is_sqlite, within
from mailer.config.dkim import Dkim
from mailer.config.forms import Forms
from mailer.config.inbox import Inbox
from mailer.config.keys import Keys
from mailer.config.look import Look
from mailer.config.publication import Publication
from mailer.config.rehearsal import Rehearsal
from mailer.config.retention import Retention
from mailer.config.send import Send
from mailer.config.smtp import Smtp
from mailer.config.style import Style
from mailer.config.values import Table
from mailer.config.worker import Worker
from mailer.errors import ConfigError
from mailer.model.mailbox import domain_of
from mailer.model.toml import where_and_why

FILE = "mailer.toml"
SECRETS_FILE = "secrets.toml"
_SECRETS = (
    *(("smtp", "password"), ("smtp", "passwords"), ("dkim", "keys")),
    *(("bounces", "imap_password"), ("bounces", "postmark_password")),
)


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
    given = environment.given_in(environ)
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
        return environment.name_of(table, rest)
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


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = _merged(old, value) if both else value  # type: ignore[arg-type]
    return merged
