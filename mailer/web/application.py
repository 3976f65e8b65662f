"""The readers' pages as one Starlette application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router

from mailer.errors import DatabaseError, TokenInvalid
from mailer.web.confirming import Confirming
from mailer.web.counting import Counting
from mailer.web.moving import Moving
from mailer.web.preferences import Preferences
from mailer.web.problem import detail_of, fault_of, problem, wants_json
from mailer.web.reading import Reading
from mailer.web.security import (
    LOOPBACK_HOSTS,
    DefaultHeaders,
    FormerAddress,
    OwnForms,
    content_policy,
    private_headers,
)
from mailer.web.site import Site
from mailer.web.subscribing import Subscribing
from mailer.web.unsubscribing import Unsubscribing
from mailer.web.words import Words

THREADS = 8  # calls of the store at a time; SQLite lets one write anyway
# A mail provider's one-click, and the sign-up that may stand on other pages.
_OPEN = ("/u/", "/subscribe")


def create(site: Site, more: Sequence[Route] = ()) -> Starlette:
    """Serves the pages below the path of the public URL; `more` are those for colleagues."""
    faults = _Faults(site, _headers(site))
    readers = (
        *(Reading(site), Subscribing(site), Confirming(site), Unsubscribing(site)),
        *(Preferences(site), Moving(site), Counting(site)),
    )
    routes = [*(route for pages in readers for route in pages.routes()), *more]
    # A mail provider's POST must not be redirected (RFC 8058 §3.1), not even to a better address.
    router = Router(routes, redirect_slashes=False)
    return Starlette(
        routes=[Mount(site.prefix, app=router)],
        middleware=[
            Middleware(DefaultHeaders, headers=faults.headers),
            Middleware(
                TrustedHostMiddleware,
                allowed_hosts=[site.host, *_hosts(site.former), *LOOPBACK_HOSTS],
                www_redirect=False,
            ),
            Middleware(FormerAddress, url=site.url, former=site.former),
            Middleware(
                OwnForms,
                origin=site.origin,
                open_to=[f"{site.prefix}{path}" for path in _OPEN],
                refusal=faults.foreign,
            ),
        ],
        exception_handlers={
            HTTPException: faults.http,
            ClientDisconnect: faults.gone,
            TokenInvalid: faults.token,
            DatabaseError: faults.database,
            Exception: faults.ours,
        },
        lifespan=partial(_alive, site),
    )


def _hosts(urls: Sequence[str]) -> list[str]:
    return [urlsplit(url).hostname or "" for url in urls]


def _headers(site: Site) -> dict[str, str]:
    return private_headers(content_policy(site.pages.style_source), site.https)


@asynccontextmanager
async def _alive(site: Site, _: Starlette) -> AsyncIterator[None]:
    """A small pool of threads, and the clerk."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    with site.clerk.at_work():
        yield


@dataclass(frozen=True)
class _Faults:
    """Every error as a page, or as JSON: what is wrong, and what to do; never a traceback."""

    site: Site
    headers: dict[str, str]

    async def http(self, request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            return self._page(request, 500, {})
        status, more = error.status_code, dict(error.headers or {})
        return self._page(request, status, more, detail_of(status, error.detail))

    async def gone(self, request: Request, __: Exception) -> Response:
        """Nobody is there to read it; it only keeps the log clean."""
        return self._page(request, 400, {})

    def foreign(self, request: Request) -> Response:
        return self._page(request, 403, {})

    async def token(self, request: Request, __: Exception) -> Response:
        return self.site.pages.respond("bad_link", 404, words=self._words(request))

    async def database(self, request: Request, __: Exception) -> Response:
        return self._page(request, 503, {"retry-after": "60"})

    async def ours(self, request: Request, __: Exception) -> Response:
        """Starlette answers this one outside of all middleware, hence the headers."""
        return self._page(request, 500, self.headers)

    def _page(
        self, request: Request, status: int, headers: dict[str, str], detail: str = ""
    ) -> Response:
        words = self._words(request)
        if wants_json(request):
            return problem(words, status, detail, headers)
        respond, fault = self.site.pages.respond, fault_of(status)
        return respond("message", status, headers, words=words, fault=fault)

    def _words(self, request: Request) -> Words:
        return self.site.words(request)
