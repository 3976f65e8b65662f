"""Asking a server: one request after another until redirects end, each to a checked address."""

from __future__ import annotations

import dataclasses
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from mailer.errors import FetchError, NoPage, NoServer
from mailer.fetch.address import PORTS, checked, is_public, resolved
from mailer.fetch.body import PACKED, body
from mailer.fetch.fetched import Answer, Fetched

_REDIRECTS = (301, 302, 303, 307, 308)
_FOR_GOOD = (301, 308)
_MOST_REDIRECTS = 5
_PRINTABLE = "!#$%&'()*+,/:;=?@[]~"  # what stays as it is in a path or query
_REACH = 5.0  # seconds for a connection to come about

_Found = TypeVar("_Found")
Resolver = Callable[[str, int], Sequence[str]]
Connector = Callable[[str, int, float], socket.socket]


def connected(address: str, port: int, seconds: float) -> socket.socket:
    return socket.create_connection((address, port), seconds)


def anything(_url: str) -> None:
    """Whatever a person named may be asked."""


@dataclass(frozen=True, slots=True)
class _Hop:
    """A redirect."""

    status: int
    target: str


@dataclass(frozen=True, slots=True)
class _Request:
    parts: SplitResult
    method: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A response whose body is not read yet."""

    url: str
    response: http.client.HTTPResponse

    @property
    def hop(self) -> _Hop | None:
        location = self.response.headers.get("Location")
        if self.response.status not in _REDIRECTS or not location:
            return None
        octets = location.encode("latin-1", "replace")  # as they came
        return _Hop(self.response.status, urljoin(self.url, quote(octets, safe=_PRINTABLE)))


@dataclass(frozen=True, slots=True)
class Fetcher:
    """`agent` says who asks. `seconds` bound each connection from its first octet to its last,
    `silence` a wait for the next one. `ports` are those that may be asked besides http's and
    https' own. `permit` raises FetchError for an address that is not to be asked, redirects among
    them."""

    agent: str
    largest: int = 30_000_000  # bytes
    seconds: float = 20.0
    resolve: Resolver = resolved
    connect: Connector = connected
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context
    ports: frozenset[int] = frozenset()
    permit: Callable[[str], None] = anything
    silence: float = 20.0

    def get(self, url: str, known: Fetched | None = None) -> Fetched:
        """`known` is what was had before: where the server says that this is still so, it is what
        is returned. Raises FetchError: refused, unreachable, too large, too slow, or no 200."""
        found, moved = _followed(url, partial(self._page, known))
        return dataclasses.replace(found, moved=moved)

    def look(self, url: str) -> Answer:
        """What there is to say of an address without its content. Raises FetchError: refused,
        unreachable, too slow."""
        found, moved = _followed(url, self._state)
        return dataclasses.replace(found, moved=moved)

    def _page(self, known: Fetched | None, url: str) -> Fetched | _Hop:
        known = known if known is not None and known.url == url else None
        conditions = _conditions(known) if known else {}
        found = self._ask(url, "GET", partial(self._fetched, known), conditions)
        if isinstance(found, _Hop) and _is_encrypted(url) and not _is_encrypted(found.target):
            raise FetchError(f"leads away from https, to {found.target}")
        return found

    def _state(self, url: str) -> Answer | _Hop:
        """Not every server knows HEAD: where it says no to that or nothing, it is asked by GET."""
        with suppress(FetchError):
            found = self._ask(url, "HEAD", _state_of)
            if found.status < http.client.BAD_REQUEST:
                return found
        return self._ask(url, "GET", _state_of)

    def _ask(
        self,
        url: str,
        method: str,
        read: Callable[[_Asked], _Found],
        conditions: Mapping[str, str] | None = None,
    ) -> _Found:
        """What `read` makes of one server's response."""
        parts = checked(url, self.ports)
        self.permit(parts.geturl())
        headers = {
            "Host": parts.netloc,
            "User-Agent": self.agent,
            "Accept-Encoding": PACKED,
            "Connection": "close",
        }
        request = _Request(parts, method, headers | dict(conditions or {}))
        host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
        try:
            with closing(self._wrapped(self._socket(host, port), parts)) as wire:
                limit = threading.Timer(self.seconds, _cut, (wire,))
                limit.start()
                try:
                    return _exchange(wire, request, read)
                finally:
                    limit.cancel()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NoServer(f"cannot be fetched: {_reason(error)}") from error

    def _socket(self, host: str, port: int) -> socket.socket:
        addresses = self.resolve(host, port)
        if not addresses or not all(is_public(address) for address in addresses):
            raise NoServer(f"leads to {host}, which is not on the open net")
        for address in addresses[:-1]:
            with suppress(OSError):
                return self._connected(address, port)
        return self._connected(addresses[-1], port)

    def _connected(self, address: str, port: int) -> socket.socket:
        """A server that is there takes a connection soon, however long its answer takes."""
        wire = self.connect(address, port, min(_REACH, self.seconds))
        wire.settimeout(min(self.silence, self.seconds))
        return wire

    def _wrapped(self, plain: socket.socket, parts: SplitResult) -> socket.socket:
        """Under TLS for https; the handshake comes later, within the time that is left."""
        if parts.scheme == "http":
            return plain
        return self.trust().wrap_socket(
            plain, server_hostname=parts.hostname, do_handshake_on_connect=False
        )

    def _fetched(self, known: Fetched | None, asked: _Asked) -> Fetched | _Hop:
        """What is there, or where it leads."""
        response = asked.response
        if asked.hop is not None:
            return asked.hop
        if known is not None and response.status == http.client.NOT_MODIFIED:
            return known
        if response.status != http.client.OK:
            raise NoPage(response.status)
        headers = response.headers
        return Fetched(
            asked.url,
            headers.get_content_type(),
            body(response, self.largest),
            headers.get_content_charset() or "",
            headers.get("ETag", ""),
            headers.get("Last-Modified", ""),
        )


def _followed(url: str, ask: Callable[[str], _Found | _Hop]) -> tuple[_Found, str | None]:
    """What is found where redirects end, and where those lead that say "for good"."""
    moved, for_good = None, True
    for _ in range(_MOST_REDIRECTS + 1):
        found = ask(url)
        if not isinstance(found, _Hop):
            return found, moved
        for_good = for_good and found.status in _FOR_GOOD
        moved = found.target if for_good else moved
        url = found.target
    raise FetchError(f"leads on and on, more than {_MOST_REDIRECTS} times")


def _conditions(known: Fetched) -> dict[str, str]:
    """By which a server tells that nothing has changed (RFC 9110 §13.1)."""
    marks = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
    return {name: mark for name, mark in marks.items() if mark and mark.isprintable()}


def _exchange(wire: socket.socket, request: _Request, read: Callable[[_Asked], _Found]) -> _Found:
    if isinstance(wire, ssl.SSLSocket):
        wire.do_handshake()
    parts = request.parts
    connection = http.client.HTTPConnection(str(parts.hostname))
    connection.sock = wire
    with closing(connection):
        target = quote(parts.path or "/", safe=_PRINTABLE)
        query = f"?{quote(parts.query, safe=_PRINTABLE)}" if parts.query else ""
        connection.request(request.method, target + query, headers=request.headers)
        with closing(connection.getresponse()) as response:
            return read(_Asked(parts.geturl(), response))


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


def _state_of(asked: _Asked) -> Answer | _Hop:
    return asked.hop or Answer(asked.url, asked.response.status, None)


def _is_encrypted(url: str) -> bool:
    return urlsplit(url).scheme == "https"


def _cut(connection: socket.socket) -> None:
    """End a connection under whoever waits for it."""
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)  # TLS or not, and no goodbye
