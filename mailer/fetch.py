"""The one safe way to get something from the network.

What is asked for comes from an issue file, a feed or a page, so it is not trusted: http and https
on their own ports only, no login, and no host with an address that is not public (RFC 6890). The
address that was checked is the one that is connected to, so a name cannot change its mind in
between; each redirect is checked anew. Size and time have limits. No proxy, no cookies.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from ipaddress import IPv6Network, ip_address, ip_network
from typing import TypeVar
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import idna

from mailer.errors import FetchError

_PORTS = {"http": 80, "https": 443}
_REDIRECTS = (301, 302, 303, 307, 308)
_FOR_GOOD = (301, 308)
_MOST_REDIRECTS = 5
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
_PRINTABLE = "!#$%&'()*+,/:;=?@[]~"  # what stays as it is in a path or query
_CHUNK = 65_536
_REACH = 5.0  # seconds for a connection to come about

_Found = TypeVar("_Found")
Resolver = Callable[[str, int], Sequence[str]]
Connector = Callable[[str, int, float], socket.socket]


@dataclass(frozen=True, slots=True)
class Fetched:
    """`url` is where it was found after redirects; `media_type` as the server says, lower case."""

    url: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is what the server at `url` says, after redirects. `moved` is where those lead that
    say "for good", as far as no other comes in between; None where there are none."""

    url: str
    status: int
    moved: str | None


def resolved(host: str, port: int) -> Sequence[str]:
    """Every address of a host, in the system's order; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def connected(address: str, port: int, seconds: float) -> socket.socket:
    return socket.create_connection((address, port), seconds)


def is_public(text: str) -> bool:
    """Whether an address is one of the open net; behind NAT64, the IPv4 address in it."""
    address = ip_address(text.partition("%")[0])
    if address in _NAT64:
        address = ip_address(int(address) & 0xFFFFFFFF)
    if address.is_multicast or address.is_reserved or any(address in each for each in _SPECIAL):
        return False
    return address.is_global


@dataclass(frozen=True, slots=True)
class _Asked:
    """A response whose body is not read yet."""

    url: str
    response: http.client.HTTPResponse

    @property
    def target(self) -> str | None:
        """Where a redirect leads."""
        location = self.response.headers.get("Location")
        leads = self.response.status in _REDIRECTS and location
        return urljoin(self.url, location) if leads else None


@dataclass(frozen=True, slots=True)
class Fetcher:
    """`agent` says who asks. `seconds` bound each connection from its first octet to its last.
    `ports` are those that may be asked besides http's and https' own."""

    agent: str
    largest: int = 30_000_000  # bytes
    seconds: float = 20.0
    resolve: Resolver = resolved
    connect: Connector = connected
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context
    ports: frozenset[int] = frozenset()

    def get(self, url: str) -> Fetched:
        """Raises FetchError: refused, unreachable, too large, too slow, or no 200."""
        for _ in range(_MOST_REDIRECTS + 1):
            found = self._ask(_checked(url, self.ports), "GET", self._fetched)
            if isinstance(found, Fetched):
                return found
            if _is_encrypted(url) and not _is_encrypted(found):
                raise FetchError(f"leads away from https, to {found}")
            url = found
        raise FetchError(f"leads on and on, more than {_MOST_REDIRECTS} times")

    def look(self, url: str) -> Answer:
        """What there is to say of an address without its content. Raises FetchError: refused,
        unreachable, too slow."""
        moved, for_good = None, True
        for _ in range(_MOST_REDIRECTS + 1):
            status, target = self._state(url)
            if target is None:
                return Answer(url, status, moved)
            for_good = for_good and status in _FOR_GOOD
            moved = target if for_good else moved
            url = target
        raise FetchError(f"leads on and on, more than {_MOST_REDIRECTS} times")

    def _state(self, url: str) -> tuple[int, str | None]:
        """Status and target. Not every server knows HEAD: where it says no to that or nothing, it
        is asked by GET."""
        with suppress(FetchError):
            status, target = self._ask(_checked(url, self.ports), "HEAD", _state_of)
            if status < http.client.BAD_REQUEST:
                return status, target
        return self._ask(_checked(url, self.ports), "GET", _state_of)

    def _ask(self, parts: SplitResult, method: str, read: Callable[[_Asked], _Found]) -> _Found:
        """What `read` makes of one server's response."""
        host, port = str(parts.hostname), parts.port or _PORTS[parts.scheme]
        try:
            with closing(self._wrapped(self._socket(host, port), parts)) as wire:
                limit = threading.Timer(self.seconds, _cut, (wire,))
                limit.start()
                try:
                    return self._exchange(wire, parts, method, read)
                finally:
                    limit.cancel()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise FetchError(f"cannot be fetched: {_reason(error)}") from error

    def _socket(self, host: str, port: int) -> socket.socket:
        addresses = self.resolve(host, port)
        if not addresses or not all(is_public(address) for address in addresses):
            raise FetchError(f"leads to {host}, which is not on the open net")
        for address in addresses[:-1]:
            with suppress(OSError):
                return self._connected(address, port)
        return self._connected(addresses[-1], port)

    def _connected(self, address: str, port: int) -> socket.socket:
        """A server that is there takes a connection soon, however long its answer takes."""
        wire = self.connect(address, port, min(_REACH, self.seconds))
        wire.settimeout(self.seconds)
        return wire

    def _wrapped(self, plain: socket.socket, parts: SplitResult) -> socket.socket:
        """Under TLS for https; the handshake comes later, within the time that is left."""
        if parts.scheme == "http":
            return plain
        return self.trust().wrap_socket(
            plain, server_hostname=parts.hostname, do_handshake_on_connect=False
        )

    def _exchange(
        self,
        wire: socket.socket,
        parts: SplitResult,
        method: str,
        read: Callable[[_Asked], _Found],
    ) -> _Found:
        if isinstance(wire, ssl.SSLSocket):
            wire.do_handshake()
        connection = http.client.HTTPConnection(str(parts.hostname))
        connection.sock = wire
        with closing(connection):
            headers = {"Host": parts.netloc, "User-Agent": self.agent}
            headers["Accept-Encoding"] = "identity"
            target = quote(parts.path or "/", safe=_PRINTABLE)
            query = f"?{quote(parts.query, safe=_PRINTABLE)}" if parts.query else ""
            connection.request(method, target + query, headers=headers | {"Connection": "close"})
            return read(_Asked(parts.geturl(), connection.getresponse()))

    def _fetched(self, asked: _Asked) -> Fetched | str:
        """What is there, or the address that it leads to."""
        response = asked.response
        if asked.target is not None:
            return asked.target
        if response.status != http.client.OK:
            raise FetchError(f"is not there: the server says {response.status}")
        return Fetched(asked.url, response.headers.get_content_type(), self._body(response))

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        """Read as it comes, so that what is too large is not kept; raises where it was cut."""
        content = bytearray()
        while chunk := response.read(_CHUNK):
            content += chunk
            if len(content) > self.largest:
                raise FetchError(f"has over {self.largest:,} bytes")
        if response.length:
            raise FetchError(f"breaks off, {response.length:,} bytes before its end")
        return bytes(content)


def _reason(error: Exception) -> str:
    """What the network, TLS or HTTP stumbled over, in plain words."""
    match error:
        case socket.gaierror():
            return "there is no such host"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not valid: {error.verify_message.rstrip('.')}"
        case ssl.SSLEOFError() | http.client.RemoteDisconnected():
            return "the connection ended"
        case ssl.SSLError():
            return "no encrypted connection comes about"
        case TimeoutError():
            return "no answer in time"
        case ConnectionRefusedError():
            return "no server answers there"
        case OSError(strerror=str(said)):
            return said
        case http.client.HTTPException():
            return "what it says is no answer of the web"
    return str(error) or "the connection ended"


def _state_of(asked: _Asked) -> tuple[int, str | None]:
    return asked.response.status, asked.target


def _is_encrypted(url: str) -> bool:
    return urlsplit(url).scheme == "https"


def _checked(url: str, ports: frozenset[int]) -> SplitResult:
    """The parts of an address that may be asked, its host in A-labels."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if not host.isascii():
            host = idna.encode(host, uts46=True).decode()
    except ValueError as error:
        raise FetchError(f"is no address of the web: {error}") from error
    if parts.scheme not in _PORTS or not host:
        raise FetchError("is no address of the web: write https://…")
    usual = port in (None, _PORTS[parts.scheme])
    if "@" in parts.netloc or not (usual or port in ports):
        raise FetchError("has a login or a port of its own in its address")
    where = (f"[{host}]" if ":" in host else host) + ("" if usual else f":{port}")
    return parts._replace(netloc=where, fragment="")


def _cut(connection: socket.socket) -> None:
    """End a connection under whoever waits for it."""
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)  # TLS or not, and no goodbye
