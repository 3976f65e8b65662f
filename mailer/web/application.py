"""The readers' pages as one Starlette application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router

from mailer.errors import DatabaseError, TokenInvalid
from mailer.web.preferences import Preferences
from mailer.web.reading import Reading
from mailer.web.security import LOOPBACK_HOSTS, DefaultHeaders, content_policy, private_headers
from mailer.web.site import Site
from mailer.web.unsubscribing import Unsubscribing

THREADS = 8  # calls of the store at a time; SQLite lets one write anyway
_FAULTS = {
    400: ("This was not understood", "Go back and try again."),
    404: ("There is no such page", "Check the address for a missing or added letter."),
    405: ("This page cannot be used that way", "Open it from its link once more."),
    408: ("That took too long", "Try again, perhaps with a better connection."),
    413: ("That is too much", "Send less at once."),
    500: ("Something is broken on our side", "Try again later."),
    503: ("We cannot look anything up just now", "Try again in a minute."),
}


def create(site: Site, more: Sequence[Route] = ()) -> Starlette:
    """Serves the pages below the path of the public URL; `more` are those for colleagues."""
    faults = _Faults(site, _headers(site))
    readers = (Reading(site), Unsubscribing(site), Preferences(site))
    routes = [*(route for pages in readers for route in pages.routes()), *more]
    # A mail provider's POST must not be redirected (RFC 8058 §3.1), not even to a better address.
    router = Router(routes, redirect_slashes=False)
    return Starlette(
        routes=[Mount(site.prefix, app=router)],
        middleware=[
            Middleware(DefaultHeaders, headers=faults.headers),
            Middleware(
                TrustedHostMiddleware,
                allowed_hosts=[site.host, *LOOPBACK_HOSTS],
                www_redirect=False,
            ),
        ],
        exception_handlers={
            HTTPException: faults.http,
            ClientDisconnect: faults.gone,
            TokenInvalid: faults.token,
            DatabaseError: faults.database,
            Exception: faults.ours,
        },
        lifespan=_small_pool,
    )


def _headers(site: Site) -> dict[str, str]:
    return private_headers(content_policy(site.pages.style_source), site.https)


@asynccontextmanager
async def _small_pool(_: Starlette) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    yield


@dataclass(frozen=True)
class _Faults:
    """Every error as a page: what is wrong, and what to do; never a traceback."""

    site: Site
    headers: dict[str, str]

    async def http(self, _: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        more = error.headers if isinstance(error, HTTPException) else None
        return self._page(status, dict(more or {}))

    async def gone(self, _: Request, __: Exception) -> Response:
        """Nobody is there to read it; it only keeps the log clean."""
        return self._page(400, {})

    async def token(self, _: Request, __: Exception) -> Response:
        return self.site.pages.respond("bad_link", 404)

    async def database(self, _: Request, __: Exception) -> Response:
        return self._page(503, {"retry-after": "60"})

    async def ours(self, _: Request, __: Exception) -> Response:
        """Starlette answers this one outside of all middleware, hence the headers."""
        return self._page(500, self.headers)

    def _page(self, status: int, headers: dict[str, str]) -> Response:
        heading, advice = _FAULTS.get(status, _FAULTS[400])
        return self.site.pages.respond("message", status, headers, heading=heading, advice=advice)
