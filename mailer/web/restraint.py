"""How often somebody may ask for a mail: by their network, by the address, by its domain.

This process counts in memory, and says no at once. What it lets through is counted once more where
all processes see it, in the transaction in which the mail is ordered: no answer waits for that.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
from dataclasses import dataclass
from enum import Enum, auto

import sqlalchemy as sa
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from mailer.config.forms import Forms
from mailer.ledger import asked
from mailer.links import Keyring, Purpose
from mailer.model.mailbox import domain_of
from subscribers.address import Address

_V6_NETWORK = 64  # bits: what one household has


class Verdict(Enum):
    FREE = auto()
    QUIET = auto()  # nothing is done, and nobody is told: it would tell of the address
    TOO_MANY = auto()
    BUSY = auto()  # too many wait already


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a mail, as far as that counts, and to whom."""

    ip: str | None
    address: Address


class Restraint:
    def __init__(self, forms: Forms) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._ip, self._domain = parse(forms.per_ip), parse(forms.per_domain)
        self._address = parse(forms.per_address)

    def weigh(self, asker: Asker) -> Verdict:
        """Whether the mail may be asked for; it counts as asked for."""
        by_ip, by_address, by_domain = self._limits(asker)
        if not self._limiter.hit(*by_ip):
            return Verdict.TOO_MANY
        if not self._limiter.hit(*by_address):
            return Verdict.QUIET
        if not self._limiter.hit(*by_domain):
            return Verdict.TOO_MANY
        return Verdict.FREE

    def allows(self, c: sa.Connection, asker: Asker, keyring: Keyring, now: dt.datetime) -> bool:
        """Whether all processes together have not asked too often; it counts as asked for."""
        counts = [
            (asked.count(c, _pseudonym(keyring, what, whom), _window(limit), now), limit.amount)
            for limit, what, whom in self._limits(asker)
        ]
        return all(count <= most for count, most in counts)

    def _limits(self, asker: Asker) -> tuple[tuple[RateLimitItem, str, str], ...]:
        key = asker.address.key
        return (
            (self._ip, "ip", _network(asker.ip)),
            (self._address, "address", key),
            (self._domain, "domain", domain_of(key)),
        )


def _window(limit: RateLimitItem) -> dt.timedelta:
    return dt.timedelta(seconds=limit.get_expiry())


def _pseudonym(keyring: Keyring, what: str, whom: str) -> str:
    """Who has not the key cannot tell whom it stands for."""
    digest = hashlib.sha256(f"{what} {whom}".encode()).digest()
    return keyring.mac(bytes((keyring.current, Purpose.FORM)) + digest).hex()


def _network(ip: str | None) -> str:
    """An IPv4 address, or the network of an IPv6 one."""
    try:
        known = ipaddress.ip_address((ip or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if known.version == 4:
        return str(known)
    return str(ipaddress.ip_network((known, _V6_NETWORK), strict=False))
