"""The headers that keep a page to itself, on every response."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NONE: Final = "'none'"
SELF: Final = "'self'"
# A message in a frame may do nothing but open its links in windows of their own.
MESSAGE_SANDBOX: Final = "allow-popups allow-popups-to-escape-sandbox"
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
_READING = ("GET", "HEAD", "OPTIONS")
_YEAR = 31_536_000  # seconds


def content_policy(
    style: str, images: str = NONE, frames: str = NONE, ancestors: str = NONE
) -> str:
    """A Content-Security-Policy (CSP level 3) under which no script ever runs."""
    return (
        f"default-src 'none'; style-src {style}; img-src {images}; frame-src {frames}; "
        f"form-action 'self'; frame-ancestors {ancestors}; base-uri 'none'"
    )


def private_headers(policy: str, https: bool) -> dict[str, str]:
    """For a page that is one person's: neither kept nor told to anybody. The default for all."""
    headers = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
    }
    if https:
        headers["strict-transport-security"] = f"max-age={_YEAR}"  # RFC 6797 §6.1.1
    return headers


class OwnForms:
    """ASGI: refuses what a browser sends from another site's page, but below `open_to` paths. What
    is no browser, such as a mail provider's one-click, says nothing of where it comes from.
    `refusal` is the answer."""

    def __init__(
        self,
        app: ASGIApp,
        origin: str,
        open_to: Sequence[str],
        refusal: Callable[[Request], Response],
    ) -> None:
        self._app = app
        self._origin = origin
        self._open_to = tuple(open_to)
        self._refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._is_foreign(scope):
            await self._refusal(Request(scope))(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _is_foreign(self, scope: Scope) -> bool:
        if scope["method"] in _READING or scope["path"].startswith(self._open_to):
            return False
        headers = Headers(scope=scope)
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:  # every browser of the last years (Fetch Metadata)
            return site not in ("same-origin", "none")
        return origin not in (None, "null", self._origin)  # null: our pages tell no referrer


class DefaultHeaders:
    """ASGI: adds those of `headers` that a response does not set itself."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    present.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, completed)
