"""The headers that keep a page to itself, on every response."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NONE: Final = "'none'"
SELF: Final = "'self'"
# A message in a frame may do nothing but open its links in windows of their own.
MESSAGE_SANDBOX: Final = "allow-popups allow-popups-to-escape-sandbox"
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d*)?")
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


class FormerAddress:
    """ASGI: leads readers who come by an address that the publication had before, `former`, to the
    one that it has. What is posted there is taken where it comes, since a mail provider's one-click
    does not follow (RFC 8058 §3.1)."""

    def __init__(self, app: ASGIApp, url: str, former: Sequence[str]) -> None:
        self._app = app
        self._url = urlsplit(url)
        self._former = [urlsplit(each) for each in former]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        rest = self._rest(scope) if scope["type"] == "http" else None
        if rest is None:
            await self._app(scope, receive, send)
        elif scope["method"] in _READING:
            query = scope["query_string"].decode("latin-1")
            target = f"{self._url.geturl()}{quote(rest)}{'?' if query else ''}{query}"
            await RedirectResponse(target, 301)(scope, receive, send)
        else:
            path = f"{self._url.path}{rest}"
            await self._app({**scope, "path": path, "raw_path": path.encode()}, receive, send)

    def _rest(self, scope: Scope) -> str | None:
        """The path below a former address; None for what came to the present one. Of several the
        longest counts."""
        host, path = host_of(Headers(scope=scope).get("host", "")), scope["path"]
        fits = [
            each
            for each in (self._url, *self._former)
            if each.hostname == host and is_below(path, each.path)
        ]
        best = max(fits, key=lambda each: len(each.path), default=self._url)
        return None if best is self._url else path.removeprefix(best.path)


def host_of(header: str) -> str:
    """The name in a Host header, without the port."""
    return (urlsplit(f"//{header}").hostname or "") if _HOST.fullmatch(header) else ""


def is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")


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
