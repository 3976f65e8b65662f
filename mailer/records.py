"""What a publication keeps in its database, and the keys to it: people, lists, and the ledger.

Whoever needs no more than that, such as an editor who looks at a list, does not wait for what
composes and sends to be loaded.
"""

from __future__ import annotations

import getpass
import os
import secrets
import socket
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from mailer import config as configuration
from mailer import migrations
from mailer.database import Database
from mailer.errors import ConfigError, DatabaseError
from mailer.ledger import readers, reports
from mailer.ledger.heartbeat import Heartbeat
from mailer.ledger.liveness import FileLiveness, Liveness
from mailer.links import SUBJECT_OCTETS, Keyring, Links
from mailer.model.slot import RESERVED_SLOTS
from mailer.premises import Premises
from subscribers import departures
from subscribers.fingerprint import Fingerprint, fingerprints
from subscribers.segments.filter import Argument, Knowledge
from subscribers.store import Store

# What a segment can ask of the ledger and of others.
_FACTS = {
    "received": Knowledge(Argument.OPTIONAL, readers.received),
    "bounced": Knowledge(Argument.NONE, lambda _: departures.bounced().union_all(reports.people())),
}


def whoever_acts() -> str:
    """MAILER_ACTOR, else the name of this process's user."""
    try:
        return os.environ.get("MAILER_ACTOR") or getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return f"user {os.getuid()}"


@dataclass(frozen=True)
class Records(Premises):
    """Nothing is opened before it is asked for. `actor` stands in the audit trail."""

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

    def liveness(self) -> Liveness:
        """A sender of this process, for others to see. Close it before the database."""
        name = self.worker_name()
        if self.database.is_sqlite:
            return FileLiveness(self.database.path, name)
        return Heartbeat(self.database, name)

    def worker_name(self) -> str:
        """Of this process, among all that share the database."""
        return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"


def open_records(folder: Path) -> Records:
    """Raises ConfigError with every fault of mailer.toml, secrets.toml and MAILER_*."""
    return Records(configuration.load(folder, os.environ))
