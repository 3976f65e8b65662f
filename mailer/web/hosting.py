"""Several publications behind one socket, told apart by what their public URLs begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from mailer.config import Publication
from mailer.errors import ConfigError
from mailer.web.security import LOOPBACK_HOSTS, host_of, is_below

_HEALTH = "/healthz"


def require_apart(publications: Sequence[Publication]) -> None:
    """Raises ConfigError where two have the same URL, or had it."""
    owners: dict[tuple[str, str], str] = {}
    for publication in publications:
        for url in dict.fromkeys((publication.url, *publication.former_urls)):
            other = owners.setdefault(_place(url), publication.id)
            if other != publication.id:
                raise ConfigError(
                    f"{url}: {other} and {publication.id} both have it as publication.url or among "
                    "publication.former_urls: leave it to one of them"
                )


def together(sites: Sequence[tuple[Publication, Starlette]]) -> Starlette:
    """All of them as one application; whoever asks for a host that is nobody's is refused."""
    if len(sites) == 1:
        return sites[0][1]

    @asynccontextmanager
    async def alive(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for _publication, pages in sites:
                await stack.enter_async_context(pages.router.lifespan_context(pages))
            yield

    return Starlette(routes=[Mount("/", app=_Hosts(sites))], lifespan=alive)


class _Hosts:
    """ASGI: hands each request to the publication whose URL, present or former, it came by; of
    several the longest counts. This machine itself may ask the first of them for its health."""

    def __init__(self, sites: Sequence[tuple[Publication, Starlette]]) -> None:
        self._places = sorted(
            (
                (*_place(url), pages)
                for publication, pages in sites
                for url in (publication.url, *publication.former_urls)
            ),
            key=lambda place: len(place[1]),
            reverse=True,
        )
        self._first = sites[0][1]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._asked(scope) or _NOBODYS)(scope, receive, send)

    def _asked(self, scope: Scope) -> Starlette | None:
        host = host_of(Headers(scope=scope).get("host", "")).lower()
        for known, prefix, pages in self._places:
            if known == host and is_below(scope["path"], prefix):
                return pages
        asks_itself = host in LOOPBACK_HOSTS and scope["path"] == _HEALTH
        return self._first if asks_itself else None


_NOBODYS = PlainTextResponse("Invalid host header", status_code=400)


def _place(url: str) -> tuple[str, str]:
    """Host and path: what a request tells of the URL that it came by."""
    parts = urlsplit(url)
    return (parts.hostname or "").lower(), parts.path
