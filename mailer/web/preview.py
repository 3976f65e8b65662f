"""`mailer preview`: pages on this machine alone that show drafts as mail clients will, and load
themselves anew with every save."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from mailer.app import App
from mailer.desk.composing import compose_file, located
from mailer.errors import IssueRefused
from mailer.web import preview_clients, server
from mailer.web.contact_sheet import FIT, SHEETS, framed, page_policy, script
from mailer.web.pages import Pages, family_palette
from mailer.web.preview_changes import Changes, watch
from mailer.web.preview_drafts import Draft, Drafts
from mailer.web.preview_sheet import Reader, Sheet, page_url, sheet_of
from mailer.web.security import (
    LOOPBACK_HOSTS,
    MESSAGE_SANDBOX,
    SELF,
    DefaultHeaders,
    private_headers,
)

HOST = "127.0.0.1"
_SCRIPTS = (FIT, "preview.js")
# The page reads where its frames stand, to keep the place; nothing in them can run.
_SANDBOX = f"{MESSAGE_SANDBOX} allow-same-origin"
Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def serve(app: App, file: Path | None, port: int) -> None:
    """Until SIGTERM or ctrl-C. Raises NotFound for a file that is not there, MailerError where
    nothing can listen at the port."""
    if file is not None:
        file = located(app, file)
        with suppress(IssueRefused):  # which the page tells
            compose_file(app, file)
    changes = Changes()
    with server.listen(HOST, port) as listener:
        greeting = f"preview at {server.address(listener)}/ (this machine alone); ctrl-C stops"
        server.run(create(Drafts(app, file, changes)), listener, greeting, changes.end)


def create(drafts: Drafts) -> Starlette:
    """The pages over these drafts; the files are watched while the application runs."""
    everywhere = {"scripts": [f"/{name}" for name in _SCRIPTS]}
    pages = Pages(family_palette(), everywhere, SHEETS)
    preview = _Preview(drafts, pages)
    policy = f"{page_policy(pages.style_source)}; connect-src {SELF}"
    return Starlette(
        routes=preview.routes(),
        middleware=[
            Middleware(DefaultHeaders, headers=private_headers(policy, https=False)),
            Middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK_HOSTS, www_redirect=False),
        ],
        exception_handlers={HTTPException: preview.missing},
        lifespan=_watching(drafts.changes, _folders(drafts)),
    )


def _folders(drafts: Drafts) -> tuple[Path, ...]:
    """The publication, and where the issue file lies if that is elsewhere."""
    publication = drafts.app.folder.resolve()
    beside = [] if drafts.file is None else [drafts.file.resolve().parent]
    return (publication, *(each for each in beside if not each.is_relative_to(publication)))


def _watching(changes: Changes, folders: tuple[Path, ...]) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(watch, changes, folders)
            yield
            changes.end()

    return lifespan


@dataclass(frozen=True)
class _Preview:
    drafts: Drafts
    pages: Pages

    def routes(self) -> list[Route]:
        return [
            Route("/", self.list, methods=["GET"]),
            Route("/issues/{name}", self.issue, methods=["GET"]),
            Route("/issues/{name}/{client}", self.frame, methods=["GET"]),
            Route("/pictures/{name}", self.picture, methods=["GET"]),
            Route("/events", self.events, methods=["GET"]),
            *(Route(f"/{name}", script, methods=["GET"]) for name in _SCRIPTS),
            Route("/favicon.ico", self.icon, methods=["GET"]),
        ]

    def list(self, _: Request) -> Response:
        """The issue files, the latest first, or straight to the only one."""
        if self.drafts.file is not None:
            return RedirectResponse(page_url(self.drafts.file))
        newest = sorted(self.drafts.listed(), key=lambda entry: entry.date, reverse=True)
        entries = [(entry, page_url(entry.file)) for entry in newest]
        return self.pages.respond("preview_list", entries=entries)

    def issue(self, request: Request) -> Response:
        """`?to=` is the address of the subscriber whose copy is shown, `?for=` an audience."""
        file, draft = self._draft(request)
        reader = Reader.asked_for(request.query_params)
        sheet = sheet_of(self.drafts.app, file, draft, reader)
        alone = self.drafts.file is not None
        return self.pages.respond("preview_issue", sheet=sheet, alone=alone, sandbox=_SANDBOX)

    def frame(self, request: Request) -> Response:
        """One copy as one kind of client shows it, with no right to run, to send or to fetch."""
        sheet = self._sheet(request)
        client = preview_clients.CLIENTS.get(request.path_params["client"])
        if client is None or sheet.contact is None:
            raise HTTPException(404)
        copy = sheet.contact.copy
        return framed(copy.html, client, sheet.pictures, sheet.page, "/pictures", _SANDBOX)

    def picture(self, request: Request) -> Response:
        found = self.drafts.picture(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        # Its name is its content hash, and eight frames show it.
        headers = {"cache-control": "private, max-age=3600, immutable"}
        return Response(found.content, headers=headers, media_type=found.media_type)

    async def events(self, _: Request) -> Response:
        """Server-sent events: the version of the files, now and after every save."""
        return StreamingResponse(self._told(), media_type="text/event-stream")

    async def _told(self) -> AsyncIterator[str]:
        async for version in self.drafts.changes.versions():
            yield f"retry: 500\ndata: {version}\n\n"

    def icon(self, _: Request) -> Response:
        """There is none, which is no error."""
        return Response(status_code=204)

    async def missing(self, _: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return self.pages.respond("preview_missing", status)

    def _draft(self, request: Request) -> tuple[Path, Draft]:
        file = self.drafts.files().get(request.path_params["name"])
        if file is None:
            raise HTTPException(404)
        return file, self.drafts.of(file)

    def _sheet(self, request: Request) -> Sheet:
        file, draft = self._draft(request)
        reader = Reader.asked_for(request.query_params)
        return sheet_of(self.drafts.app, file, draft, reader)
