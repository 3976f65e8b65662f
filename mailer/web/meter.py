"""How many requests there were, and how long they took: by page, never by address, since those of
readers are secrets."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_BOUNDS = (0.005, 0.025, 0.1, 0.5, 2.5, 10.0)  # seconds
_METHODS = ("GET", "HEAD", "POST")  # others, which anybody can invent, go under one name


def requests(registry: CollectorRegistry) -> Histogram:
    """What every `Metered` of a process counts in."""
    return Histogram(
        "mailer_http_request_seconds",
        "Requests of readers' pages, and how long they took",
        ["publication", "page", "method", "status"],
        registry=registry,
        buckets=_BOUNDS,
    )


class Metered:
    """ASGI: notes each request of a publication's pages."""

    def __init__(self, app: ASGIApp, publication: str, requests: Histogram) -> None:
        self._app = app
        self._publication = publication
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = 500, time.perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            names = (self._publication, _page(scope), _method(scope), str(status))
            self._requests.labels(*names).observe(time.perf_counter() - began)


def _page(scope: Scope) -> str:
    """`Reading.issue`; what reached no page is told under one name, whatever was asked for."""
    return getattr(scope.get("endpoint"), "__qualname__", "none")


def _method(scope: Scope) -> str:
    return str(scope["method"]) if scope["method"] in _METHODS else "other"
