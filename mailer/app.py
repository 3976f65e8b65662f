"""The composition root: a publication's folder → wired objects. Only here are concretes chosen."""

from __future__ import annotations

import datetime as dt
import getpass
import math
import os
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import urlsplit

from mailer import config as configuration
from mailer import files, migrations
from mailer.composer.html import theme as themes
from mailer.composer.html.layer import Layer
from mailer.composer.html.theme import Theme
from mailer.config import FOLDER_SCHEME, RelaySettings
from mailer.database import Database
from mailer.database.postgresql import its_packages
from mailer.engine.engine import Engine
from mailer.engine.inline import Inline
from mailer.errors import ConfigError, DatabaseError, NotFound
from mailer.feedback.parsing.own import Marks
from mailer.ledger import readers, reports, rests
from mailer.ledger.clock import DatabaseClock
from mailer.ledger.heartbeat import PATIENCE, Heartbeat
from mailer.ledger.liveness import FileLiveness, Liveness
from mailer.ledger.prepared import PreparedIn
from mailer.links import SUBJECT_OCTETS, Keyring, Links
from mailer.log import Form, Log
from mailer.message.dkim.key import Key, key_from_pem
from mailer.message.dkim.signer import Signer
from mailer.model.mailbox import domain_of, split_mailbox, wire_address
from mailer.model.slot import RESERVED_SLOTS
from mailer.premises import Premises, utc_now
from mailer.sender.folder import FolderTransport
from mailer.sender.hand import Audience
from mailer.sender.relay import relay_from_url
from mailer.sender.route import DomainLimits, Route
from mailer.sender.smtp import SmtpTransport
from mailer.sender.throttle.budget import Limits
from mailer.sender.throttle.warm_up import WarmUp
from mailer.sender.transport import Transport
from subscribers import departures
from subscribers.fingerprint import Fingerprint, fingerprints
from subscribers.segments.filter import Argument, Knowledge
from subscribers.store import Store

_BASE = "_base"  # what all themes share; no theme itself
_OWN = "themes"  # the folder of a publication


# What a segment can ask of the ledger and of others.
_FACTS = {
    "received": Knowledge(Argument.OPTIONAL, readers.received),
    "bounced": Knowledge(Argument.NONE, lambda _: departures.bounced().union_all(reports.people())),
}


TERMINAL = Log(Form.TEXT, utc_now)  # where there is no other log


def whoever_acts() -> str:
    """MAILER_ACTOR, else the name of this process's user."""
    try:
        return os.environ.get("MAILER_ACTOR") or getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return f"user {os.getuid()}"


@dataclass(frozen=True)
class App(Premises):
    """One publication, wired. Nothing is opened before it is asked for. `actor` stands in the audit
    trail."""

    actor: str = field(default_factory=whoever_acts)

    def new_token(self) -> bytes:
        """The random id of a subscription or a review, which its links carry."""
        return secrets.token_bytes(SUBJECT_OCTETS)

    @cached_property
    def database(self) -> Database:
        """Raises DatabaseError unless it has a shape that this program can work with."""
        database = Database(self.config.database_url)
        if database.is_sqlite and not database.path.exists():
            raise DatabaseError(
                f"{database.where}: no such database: put it back from a backup; for an empty one "
                "run `mailer db upgrade`"
            )
        migrations.require_fit(database)
        return database

    @cached_property
    def store(self) -> Store:
        return Store(
            self.database, self.new_token, RESERVED_SLOTS, _FACTS, self.timezone, self.fingerprint
        )

    @property
    def fingerprint(self) -> Fingerprint:
        """What we know erased addresses by; without a pepper it raises ConfigError when asked."""
        keys = self.config.keys
        if keys is None or keys.pepper is None:
            return self._no_fingerprint
        return fingerprints(keys.pepper.encode())

    def _no_fingerprint(self, key: str) -> str:
        raise ConfigError(
            f"{self.folder / configuration.SECRETS_FILE}: no `pepper` below [keys], by which "
            "erased addresses are known: put it back from a backup; where nobody was erased, write "
            f'pepper = "{secrets.token_hex(32)}"'
        )

    @cached_property
    def links(self) -> Links:
        """Raises ConfigError where there are no keys."""
        keys = self.config.keys
        if keys is None or keys.link not in keys.links:
            raise ConfigError(
                f"{self.folder / configuration.SECRETS_FILE}: no link keys: "
                "put back the file that `mailer init` wrote; without it old links are dead"
            )
        ring = Keyring(keys.link, {number: key.encode() for number, key in keys.links.items()})
        return Links(self.config.publication.url, ring)

    @property
    def signing_domain(self) -> str:
        """Whose signatures our copies bear: `d=`, and where DNS has the keys."""
        return self.config.dkim.domain or domain_of(self.config.publication.sender)

    def signing_key(self, selector: str) -> Key:
        """One of those in secrets.toml; raises ConfigError where it is none, or too weak."""
        pem = self.config.dkim.keys[selector].pem.get_secret_value()
        try:
            return key_from_pem(selector, pem)
        except ValueError as error:
            raise ConfigError(
                f"{self.folder / configuration.SECRETS_FILE}: dkim.keys.{selector}.pem: {error}: "
                "make another with `mailer dkim new`"
            ) from error

    @cached_property
    def signer(self) -> Signer | None:
        """None where no selector is in use; raises ConfigError."""
        keys = tuple(self.signing_key(selector) for selector in self.config.dkim.selectors)
        return Signer(self.signing_domain, keys, self.now) if keys else None

    def return_path(self, sender: str) -> str:
        """Where bounces of a copy from `sender` (a mailbox) go, with a place for its token where
        `[bounces]` is set."""
        own = wire_address(split_mailbox(sender)[1])
        return self.config.bounces.address or own

    @property
    def marks(self) -> Marks:
        """By which what comes back is known to be about a copy of ours."""
        return Marks(self.links.keyring, self.return_path(self.config.publication.sender))

    @property
    def audience(self) -> Audience:
        return self.audience_with(sign_up=False)

    def audience_with(self, *, sign_up: bool) -> Audience:
        """`sign_up`: each reader's values tell when and where they signed up, too."""
        recipients = partial(self.store.recipients, with_sign_up=sign_up)
        return Audience(PreparedIn(self.store.welcome), PreparedIn(recipients))

    def theme(self, name: str) -> Theme:
        """A theme that ships with us, or the publication's own: what its folder `themes/` has
        under that name lies over ours."""
        return theme_of(name, self.folder / _OWN)

    @property
    def mails_strangers(self) -> bool:
        """Whether some relay is on another machine: then what goes wrong cannot be taken back."""
        return not all(relay.stays_here for relay in self.config.smtp.all_relays)

    def routes(self) -> list[Route]:
        """The relays that copies may go through."""
        return [self._route(relay) for relay in self.config.smtp.all_relays]

    @property
    def through(self) -> str:
        """What copies go through, as a person reads it."""
        return ", ".join(route.transport.name for route in self.routes())

    def route_of_single_mails(self) -> Route:
        """By the first of the relays that is not drained."""
        routes = self.routes()
        with self.database.read() as c:
            drained = rests.drained(c)
        return next((each for each in routes if each.name not in drained), routes[0])

    def _route(self, relay: RelaySettings) -> Route:
        limits = Limits(
            relay.messages_per_second,
            relay.periods,
            WarmUp(relay.warm_up_start, relay.warm_up) if relay.warm_up_start else None,
            self.timezone,
        )
        return Route(
            relay.name,
            self._transport(relay),
            relay.weight,
            limits,
            relay.messages_per_connection,
            relay.connections_in_all,
            strange=not relay.stays_here,
        )

    def _transport(self, relay: RelaySettings) -> Transport:
        parts = urlsplit(relay.url)
        if parts.scheme == FOLDER_SCHEME:
            return FolderTransport(self.folder / parts.path)
        where = relay_from_url(
            relay.url,
            hello=relay.hello or self.domain,
            user=relay.user,
            password=self.config.smtp.password_of(relay),
            variable=self.config.smtp.variable_of(relay),
            timeout=relay.timeout,
            encrypt=relay.tls != "off",
            verify=relay.verify,
        )
        return SmtpTransport(where, relay.connections)

    def domain_limits(self) -> Mapping[str, DomainLimits]:
        return {
            domain: DomainLimits(limits.connections, limits.per_second)
            for domain, limits in self.config.smtp.domains.items()
        }

    @property
    def domain(self) -> str:
        """The host of the publication's URL: in EHLO, Message-ID and List-Id."""
        return urlsplit(self.config.publication.url).hostname or "localhost"

    @property
    def hello(self) -> str:
        """The name that we go by with the relay."""
        return self.config.smtp.hello or self.domain

    def liveness(self) -> Liveness:
        """A sender of this process, for others to see. Close it before the database."""
        name = self.worker_name()
        if self.database.is_sqlite:
            return FileLiveness(self.database.path, name)
        return Heartbeat(self.database, name)

    @property
    def silence(self) -> float:
        """Seconds without a word of any relay after which another sender is to have what we hold.
        On SQLite all of them are on one machine, and cut off together."""
        return math.inf if self.database.is_sqlite else PATIENCE

    @cached_property
    def engine(self) -> Engine:
        """What brings workers their work. Raises DatabaseError."""
        if self.config.worker.engine == "inline":
            return Inline(self.database)
        with its_packages(self.database.where):
            from mailer.engine.procrastinate.engine import Procrastinate
        return Procrastinate(self.database)

    def shared_clock(self) -> Callable[[], dt.datetime]:
        """By which senders agree when a copy is due, and how many may go: on PostgreSQL the
        database's time, since machines differ. Raises DatabaseError."""
        if self.database.is_sqlite:
            return self.now
        with self.database.read() as c:
            return DatabaseClock(c, _seconds)

    def worker_name(self) -> str:
        """Of this process, among all that share the database."""
        return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"


def _seconds() -> float:
    """Of a clock that nobody sets, and that, where there is one, goes on while a machine sleeps."""
    clock: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


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


def open_app(folder: Path) -> App:
    """Raises ConfigError with every fault of mailer.toml, secrets.toml and MAILER_*."""
    return App(configuration.load(folder, os.environ))
