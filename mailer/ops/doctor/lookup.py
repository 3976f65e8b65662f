"""What DNS says, asked of the resolvers of this machine unless others are named."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address

import dns.exception
import dns.rdata
import dns.rdatatype
import dns.resolver
import dns.reversename

_SECONDS = 5.0  # for one question, all resolvers together


class NoAnswer(Exception):
    """DNS could not be asked; its text is why. That there is no such record is an answer."""


def system_resolver() -> dns.resolver.Resolver:
    resolver = dns.resolver.Resolver(configure=False)
    try:
        resolver.read_resolv_conf("/etc/resolv.conf")
    except dns.resolver.NoResolverConfiguration:
        resolver.nameservers = []  # every question is told that there is nobody to ask
    return resolver


@dataclass(frozen=True)
class Lookup:
    """Every question may raise NoAnswer."""

    resolver: dns.resolver.Resolver = field(default_factory=system_resolver)

    def texts(self, name: str) -> list[str]:
        """TXT records, each in one piece."""
        return [
            b"".join(rdata.strings).decode("utf-8", "replace")  # type: ignore[attr-defined]
            for rdata in self._ask(name, "TXT")
        ]

    def mail_hosts(self, name: str) -> list[str]:
        """MX hosts, the preferred first; `.` says that no mail is taken (RFC 7505)."""
        found = sorted(self._ask(name, "MX"), key=lambda rdata: rdata.preference)  # type: ignore[attr-defined]
        return [str(rdata.exchange).rstrip(".") or "." for rdata in found]  # type: ignore[attr-defined]

    def addresses(self, host: str) -> list[str]:
        """IPv4 first; an address stands for itself."""
        try:
            return [str(ip_address(host.strip("[]")))]
        except ValueError:
            return [str(rdata) for kind in ("A", "AAAA") for rdata in self._ask(host, kind)]

    def names(self, address: str) -> list[str]:
        """Of an address: its PTR records."""
        reverse = str(dns.reversename.from_address(address))
        return [str(rdata).rstrip(".").lower() for rdata in self._ask(reverse, "PTR")]

    def _ask(self, name: str, kind: str) -> list[dns.rdata.Rdata]:
        if not self.resolver.nameservers:
            raise NoAnswer(f"{name}: cannot be looked up: this machine has no resolver")
        try:
            answer = self.resolver.resolve(
                f"{name.rstrip('.')}.", kind, lifetime=_SECONDS, raise_on_no_answer=False
            )
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, UnicodeError) as error:
            reason = str(error).rstrip(".") or type(error).__name__
            raise NoAnswer(f"{name}: cannot be looked up: {reason}") from error
        return list(answer.rrset or [])
