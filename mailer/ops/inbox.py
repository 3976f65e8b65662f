"""The inbox page of a mail catcher: every caught message as HTML, text, headers and source."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from mailer.ops.catcher import Catcher, Caught
from mailer.ops.letter import Letter, read
from mailer.web.pages import STYLE, Pages, family_palette
from mailer.web.security import (
    LOOPBACK_HOSTS,
    MESSAGE_SANDBOX,
    DefaultHeaders,
    content_policy,
    private_headers,
)

PATH = "/inbox"
PAGE_SIZE = 50
_VIEWS = ("html", "text", "headers", "source")
# Pictures come from the readers' pages, which a local run has on loopback; nothing else is asked.
_PICTURES = "'self' data: http://127.0.0.1:* http://localhost:*"


def create(catcher: Catcher, also: Starlette | None = None) -> Starlette:
    """The inbox at /inbox/, and `also` (the readers' pages, say) at everything else."""
    pages = Pages(family_palette(), {"inbox": f"{PATH}/"}, (STYLE, "inbox.css"))
    inbox = _Inbox(catcher, pages)
    policy = content_policy(pages.style_source, frames="'self'")
    mounted = Starlette(
        routes=inbox.routes(),
        middleware=[
            Middleware(DefaultHeaders, headers=private_headers(policy, https=False)),
            Middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK_HOSTS, www_redirect=False),
        ],
        exception_handlers={HTTPException: inbox.missing},
    )
    rest: BaseRoute = Route("/", _to_inbox) if also is None else Mount("/", app=also)
    return Starlette(routes=[Route(PATH, _to_inbox), Mount(PATH, app=mounted), rest])


async def _to_inbox(_: Request) -> Response:
    return RedirectResponse(f"{PATH}/")


@dataclass(frozen=True)
class _Inbox:
    catcher: Catcher
    pages: Pages

    def routes(self) -> list[Route]:
        return [
            Route("/", self.list, methods=["GET"]),
            Route("/{number:int}", self.letter, methods=["GET"]),
            Route("/{number:int}/frame", self.frame, methods=["GET"]),
            Route("/{number:int}/{view}", self.letter, methods=["GET"]),
        ]

    def list(self, request: Request) -> Response:
        """`?to=` narrows it to recipients that hold the text, `?page=` counts from 1."""
        wanted = request.query_params.get("to", "").strip()
        caught = self.catcher.messages
        found = [each for each in reversed(caught) if _is_for(each, wanted)]
        pages = max(1, math.ceil(len(found) / PAGE_SIZE))
        page = min(_whole(request.query_params.get("page", "1")), pages)
        shown = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        return self.pages.respond(
            "inbox",
            letters=[read(each) for each in shown],
            total=len(caught),
            found=len(found),
            wanted=wanted,
            page=page,
            pages=pages,
            newer=_list_url(wanted, page - 1) if page > 1 else "",
            older=_list_url(wanted, page + 1) if page < pages else "",
        )

    def letter(self, request: Request) -> Response:
        letter = self._letter(request)
        view = request.path_params.get("view", "text" if letter.html is None else "html")
        if view not in _VIEWS:
            raise HTTPException(404)
        return self.pages.respond(
            "inbox_letter",
            letter=letter,
            view=view,
            views=[(each, f"{PATH}/{letter.number}/{each}") for each in _VIEWS],
            frame=f"{PATH}/{letter.number}/frame",
            sandbox=MESSAGE_SANDBOX,
        )

    def frame(self, request: Request) -> Response:
        """The HTML as it came, with no right to run, to send or to fetch from elsewhere.

        Only its links are told to open in a window of their own.
        """
        html = self._letter(request).html
        if html is None:
            raise HTTPException(404)
        policy = content_policy("'unsafe-inline'", _PICTURES, ancestors="'self'")
        headers = {"content-security-policy": f"{policy}; sandbox {MESSAGE_SANDBOX}"}
        return HTMLResponse(_links_apart(html), headers=headers)

    async def missing(self, _: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return self.pages.respond("inbox_missing", status)

    def _letter(self, request: Request) -> Letter:
        return read(_numbered(self.catcher.messages, request.path_params["number"]))


def _numbered(messages: Sequence[Caught], number: int) -> Caught:
    for caught in messages:
        if caught.number == number:
            return caught
    raise HTTPException(404)


def _is_for(caught: Caught, wanted: str) -> bool:
    return any(wanted.casefold() in recipient.casefold() for recipient in caught.recipients)


def _whole(text: str) -> int:
    """A page's number; 1 for anything that is none."""
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1


def _list_url(wanted: str, page: int) -> str:
    return f"{PATH}/?{urlencode({'to': wanted, 'page': page})}"


def _links_apart(html: str) -> str:
    start = html.lower().find("<head>")
    if start < 0:
        return html
    after = start + len("<head>")
    return f'{html[:after]}<base target="_blank">{html[after:]}'
