"""How often somebody may ask for a mail: by their network, by the address, by its domain.

Counted in memory, for this process: a restart forgives.
"""

from __future__ import annotations

import ipaddress
from enum import Enum, auto

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from mailer.config.forms import Forms
from mailer.model.mailbox import domain_of
from subscribers.address import Address

_V6_NETWORK = 64  # bits: what one household has


class Verdict(Enum):
    FREE = auto()
    QUIET = auto()  # nothing is done, and nobody is told: it would tell of the address
    TOO_MANY = auto()


class Restraint:
    def __init__(self, forms: Forms) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._ip, self._domain = parse(forms.per_ip), parse(forms.per_domain)
        self._address = parse(forms.per_address)

    def weigh(self, ip: str | None, address: Address) -> Verdict:
        """Whether a mail to `address` may be asked for from `ip`; it counts as asked for."""
        if not self._hit(self._ip, "ip", _network(ip)):
            return Verdict.TOO_MANY
        if not self._hit(self._address, "address", address.key):
            return Verdict.QUIET
        if not self._hit(self._domain, "domain", domain_of(address.key)):
            return Verdict.TOO_MANY
        return Verdict.FREE

    def _hit(self, limit: RateLimitItem, *what: str) -> bool:
        return self._limiter.hit(limit, *what)


def _network(ip: str | None) -> str:
    """An IPv4 address, or the network of an IPv6 one."""
    try:
        known = ipaddress.ip_address((ip or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if known.version == 4:
        return str(known)
    return str(ipaddress.ip_network((known, _V6_NETWORK), strict=False))
