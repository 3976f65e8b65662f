"""SPF (RFC 7208): what a domain's record says of an address that sends for it.

Of check_host() (§4) all but macros, `exists` and `ptr`, which ask for more than an address.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address, ip_network

from mailer.ops.doctor.lookup import Lookup

_MOST_LOOKUPS = 10  # RFC 7208 §4.6.4
_VERSION = re.compile(r"v=spf1( |$)", re.IGNORECASE)
_TERM = re.compile(r"([-+?~]?)([a-z][a-z0-9._-]*)[:=]?(.*)", re.IGNORECASE)
_PREFIXES = re.compile(r"(.*?)(?:/([0-9]{1,2}))?(?://([0-9]{1,3}))?")


class Result(StrEnum):
    PERMITTED = "permitted"
    REFUSED = "refused"  # for certain or perhaps: `-` or `~`
    NEUTRAL = "neutral"
    UNKNOWN = "unknown"  # it depends on more than the address


_QUALIFIERS = {
    "": Result.PERMITTED,
    "+": Result.PERMITTED,
    "-": Result.REFUSED,
    "~": Result.REFUSED,
    "?": Result.NEUTRAL,
}


class BadRecord(ValueError):
    """Receivers give up on it (permerror, §2.6.7); the text says why and how to mend it."""


def record_of(lookup: Lookup, domain: str) -> str | None:
    """The domain's record; raises BadRecord where there are several (§4.5)."""
    found = [text for text in lookup.texts(domain) if _VERSION.match(text)]
    if len(found) > 1:
        raise BadRecord(f"{domain} has {len(found)} SPF records, so that none counts: leave one")
    return found[0] if found else None


@dataclass
class Evaluation:
    """Of one address, over all records that include each other."""

    lookup: Lookup
    address: str
    looked: int = 0

    def result(self, domain: str, record: str) -> Result:
        """Raises BadRecord, NoAnswer."""
        redirect = None
        for term in record.split()[1:]:
            qualifier, name, value = _parsed(term, domain)
            if name == "redirect":
                redirect = value
                continue
            matches = self._matches(name, value, domain)
            if matches is None:
                return Result.UNKNOWN
            if matches:
                return _QUALIFIERS[qualifier]
        return self._included(redirect) if redirect else Result.NEUTRAL

    def _matches(self, name: str, value: str, domain: str) -> bool | None:
        """None where the address alone does not tell."""
        if "%" in value or name in ("exists", "ptr"):
            return None
        if name == "all":
            return True
        if name in ("ip4", "ip6"):
            return self._within([value])
        if name == "include":
            result = self._included(value)
            return None if result is Result.UNKNOWN else result is Result.PERMITTED
        if name in ("a", "mx"):
            return self._matches_host(name, value or domain, domain)
        if name == "exp":
            return False
        raise BadRecord(f"{domain}: SPF knows no {name!r}: mend the record")

    def _matches_host(self, name: str, value: str, domain: str) -> bool:
        self._count()
        found = _PREFIXES.fullmatch(value)
        host, short, long = found.groups() if found else (value, None, None)
        hosts = self.lookup.mail_hosts(host or domain) if name == "mx" else [host or domain]
        addresses = [address for each in hosts for address in self.lookup.addresses(each)]
        return self._within(
            [f"{each}/{(long or 128) if ':' in each else (short or 32)}" for each in addresses]
        )

    def _included(self, domain: str) -> Result:
        self._count()
        record = record_of(self.lookup, domain)
        if record is None:
            raise BadRecord(f"{domain}, which it includes, has no SPF record: take it out")
        return self.result(domain, record)

    def _within(self, networks: Sequence[str]) -> bool:
        try:
            return any(
                ip_address(self.address) in ip_network(each, strict=False) for each in networks
            )
        except ValueError as error:
            raise BadRecord(f"SPF: {error}: mend the record") from error

    def _count(self) -> None:
        self.looked += 1
        if self.looked > _MOST_LOOKUPS:
            raise BadRecord(f"SPF takes more than {_MOST_LOOKUPS} look-ups: include less")


def _parsed(term: str, domain: str) -> tuple[str, str, str]:
    """Qualifier, name in lower case, value."""
    found = _TERM.fullmatch(term)
    if found is None:
        raise BadRecord(f"{domain}: SPF cannot have {term!r}: mend the record")
    return found[1], found[2].lower(), found[3]
