"""The composition root: a publication's folder → wired objects. Only here are concretes chosen."""

from __future__ import annotations

import datetime as dt
import math
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import urlsplit

from mailer import config as configuration
from mailer.config import FOLDER_SCHEME, RelaySettings
from mailer.database.postgresql import its_packages
from mailer.engine.engine import Engine
from mailer.engine.inline import Inline
from mailer.errors import ConfigError
from mailer.feedback.parsing.own import Marks
from mailer.ledger import rests
from mailer.ledger.clock import DatabaseClock
from mailer.ledger.heartbeat import PATIENCE
from mailer.ledger.prepared import PreparedIn
from mailer.log import Form, Log
from mailer.message.dkim.key import Key, key_from_pem
from mailer.message.dkim.signer import Signer
from mailer.model.mailbox import domain_of, split_mailbox, wire_address
from mailer.premises import utc_now
from mailer.records import Records
from mailer.sender.folder import FolderTransport
from mailer.sender.hand import Audience
from mailer.sender.relay import relay_from_url
from mailer.sender.route import DomainLimits, Route
from mailer.sender.smtp import SmtpTransport
from mailer.sender.throttle.budget import Limits
from mailer.sender.throttle.warm_up import WarmUp
from mailer.sender.transport import Transport

TERMINAL = Log(Form.TEXT, utc_now)  # where there is no other log


@dataclass(frozen=True)
class App(Records):
    """One publication, wired. Nothing is opened before it is asked for."""

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
    def hello(self) -> str:
        """The name that we go by with the relay."""
        return self.config.smtp.hello or self.domain

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


def _seconds() -> float:
    """Of a clock that nobody sets, and that, where there is one, goes on while a machine sleeps."""
    clock: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


def open_app(folder: Path) -> App:
    """Raises ConfigError with every fault of mailer.toml, secrets.toml and MAILER_*."""
    return App(configuration.load(folder, os.environ))
