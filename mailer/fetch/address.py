"""Which addresses may be asked, and of those of a host, which are of the open net."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

import idna

from mailer.errors import FetchError

PORTS = {"http": 80, "https": 443}
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1; the last four octets are an IPv4 address
# Of IANA's addresses for special use (RFC 6890) those that some release of Python takes for global.
# What packs an IPv4 address into another is among them, NAT64 apart.
_SPECIAL = tuple(
    ip_network(network)
    for network in (
        *("192.0.0.0/24", "192.88.99.0/24", "::ffff:0:0/96", "64:ff9b:1::/48", "2001::/23"),
        *("2002::/16", "3fff::/20", "5f00::/16", "fec0::/10"),
    )
)


def resolved(host: str, port: int) -> Sequence[str]:
    """Every address of a host, in the system's order; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_public(text: str) -> bool:
    """Whether an address is one of the open net; behind NAT64, the IPv4 address in it."""
    address = ip_address(text.partition("%")[0])
    if address in _NAT64:
        address = ip_address(int(address) & 0xFFFFFFFF)
    if address.is_multicast or address.is_reserved or any(address in each for each in _SPECIAL):
        return False
    return address.is_global


def checked(url: str, ports: frozenset[int]) -> SplitResult:
    """The parts of an address that may be asked, its host in A-labels; `ports` are those besides
    http's and https' own. Raises FetchError."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if not host.isascii():
            host = idna.encode(host, uts46=True).decode()
    except ValueError as error:
        raise FetchError(f"is no address of the web: {error}") from error
    if parts.scheme not in PORTS or not host:
        raise FetchError("is no address of the web: write https://…")
    usual = port in (None, PORTS[parts.scheme])
    if "@" in parts.netloc:
        raise FetchError("has a login in its address")
    if not (usual or port in ports):
        raise FetchError(f"names port {port}, and none but 80 and 443 are asked")
    where = (f"[{host}]" if ":" in host else host) + ("" if usual else f":{port}")
    return parts._replace(netloc=where, fragment="")
