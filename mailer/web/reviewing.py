"""A colleague's page about a frozen version: /r/{token}. GET shows it, POST takes the verdict.

The token is in the address that was mailed and nowhere else, so no other site can post in a
colleague's name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mailer.app import App
from mailer.composer.frame import web_url
from mailer.desk import brief, copies, reviewing
from mailer.desk.copies import Copy
from mailer.errors import DatabaseError, UsageError
from mailer.ledger import reviews
from mailer.links import Purpose
from mailer.message.header import without_controls
from mailer.model.approval import Review, ReviewState
from mailer.model.edition import Edition, short_hash
from mailer.model.finding import Severity
from mailer.web.contact_sheet import FIT, SHEETS, contact_sheet, framed, page_policy, script
from mailer.web.pages import Pages
from mailer.web.preview_clients import CLIENTS
from mailer.web.security import MESSAGE_SANDBOX
from mailer.web.site import Site
from mailer.web.visitor import Form, read_form

_VERDICTS = {"approve": ReviewState.APPROVED, "send back": ReviewState.SENT_BACK}
_ENDED, _UNFIT = 410, 422
_AT_HAND = 8  # versions whose copies are kept for the frames that ask for them
# The page that follows does not wait for the letter to the editor.
_CLOSE = {"connection": "close"}


@dataclass(frozen=True)
class Reviewing:
    site: Site
    app: App

    def routes(self) -> list[Route]:
        return [
            Route("/r/{token}", self.show, methods=["GET"]),
            Route("/r/{token}", self.decide, methods=["POST"]),
            Route("/r/{token}/{client}", self.frame, methods=["GET"]),
            Route(f"/{FIT}", script, methods=["GET"]),
        ]

    def show(self, request: Request) -> Response:
        return self._page(request, self._review(request))

    async def decide(self, request: Request) -> Response:
        """The first verdict counts; another one, or one that comes too late, changes nothing."""
        review = await run_in_threadpool(self._review, request)
        form = await read_form(request)
        return await run_in_threadpool(self._decided, request, review, form)

    def _decided(self, request: Request, review: Review, form: Form) -> Response:
        verdict = _VERDICTS.get(form.get("verdict", ""))
        if verdict is None:
            raise HTTPException(400)
        comment = _fit(form.get("comment", ""))
        try:
            reviewing.decide(self.app, review, verdict, comment)
        except UsageError as fault:
            return self._page(request, review, _UNFIT, str(fault), comment)
        told = BackgroundTask(_tell, self.app, self.site.tell)
        return RedirectResponse(self._url(request), 303, _CLOSE, told)

    def frame(self, request: Request) -> Response:
        review = self._review(request)
        client = CLIENTS.get(request.path_params["client"])
        if client is None or review.has_ended(self.site.now()):
            raise HTTPException(404)
        edition, copy = self._version(review.edition_id)
        page = web_url(self.site.url, edition.issue_id, edition.lang, self.site.lang)
        shelf = f"{self.site.prefix}/pictures"
        return framed(copy.html, client, edition.pictures, page, shelf, MESSAGE_SANDBOX)

    def _page(
        self,
        request: Request,
        review: Review,
        status: int = 200,
        fault: str = "",
        comment: str = "",
    ) -> Response:
        now, url = self.site.now(), self._url(request)
        if review.has_ended(now):
            return self.site.pages.respond("review_ended", _ENDED, review=review)
        edition, copy = self._version(review.edition_id)
        said = brief.from_json(review.brief)
        return self._pages.respond(
            "review",
            status,
            {"content-security-policy": page_policy(self._pages.style_source)},
            review=review,
            is_open=review.is_open(now),
            editor_told=self.app.config.publication.editor is not None,
            until=self._when(review.expires_at),
            decided=self._when(review.decided_at or now),
            changed=reviewing.has_changed(self.app, review),
            edition=edition,
            version=short_hash(review.version),
            brief=said,
            errors=said.of(Severity.ERROR),
            warnings=said.of(Severity.WARNING),
            sheet=contact_sheet(edition, copy, lambda client: f"{url}/{client.name}"),
            fault=fault,
            comment=comment,
        )

    def _review(self, request: Request) -> Review:
        """Raises TokenInvalid for a token that we did not sign."""
        subject = self.site.links.keyring.verify(Purpose.REVIEW, request.path_params["token"])
        with self.site.database.read() as c:
            review = reviews.of_token(c, subject)
        if review is None:
            raise HTTPException(404)
        return review

    @cached_property
    def _version(self) -> Callable[[int], tuple[Edition, Copy]]:
        """The edition of this id and nobody's copy of it; seven frames ask for it at once."""
        return lru_cache(maxsize=_AT_HAND)(self._frozen)

    def _frozen(self, edition_id: int) -> tuple[Edition, Copy]:
        edition, pictures = reviewing.frozen(self.app, edition_id)
        return edition, copies.sample_copy(self.app, edition, pictures)

    @cached_property
    def _pages(self) -> Pages:
        scripts = [f"{self.site.prefix}/{FIT}"]
        return self.site.pages.with_sheets(SHEETS, {"scripts": scripts, "sandbox": MESSAGE_SANDBOX})

    def _url(self, request: Request) -> str:
        return f"{self.site.prefix}/r/{request.path_params['token']}"

    def _when(self, at: dt.datetime) -> str:
        return f"{at.astimezone(self.site.zone):%d %B %Y at %H:%M}"


def _fit(comment: str) -> str:
    """Its lines, without control characters."""
    return "\n".join(without_controls(line).rstrip() for line in comment.splitlines())


def _tell(app: App, tell: Callable[[str], None]) -> None:
    """What could not be told waits for the next verdict, and `mailer issue review` shows it."""
    try:
        troubles = reviewing.tell(app)
    except DatabaseError as error:
        troubles = [str(error)]
    for trouble in troubles:
        tell(trouble)
