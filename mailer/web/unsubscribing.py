"""Leaving a list: /u/{token}. GET shows a button; only POST acts (RFC 8058 §3.2)."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mailer.links import Purpose
from mailer.web.site import Site
from mailer.web.visitor import Form, Visitor, read_form, visitor_of
from subscribers.address import mask
from subscribers.model import SubscriptionStatus, SubscriptionView

ONE_CLICK = "one-click"
BY_PAGE = "unsubscribe page"
_MALFORMED = 400


@dataclass(frozen=True)
class Unsubscribing:
    site: Site

    def routes(self) -> list[Route]:
        return [
            Route("/u/{token}", self.ask, methods=["GET"]),
            Route("/u/{token}", self.leave, methods=["POST"]),
        ]

    def ask(self, request: Request) -> Response:
        """The page with the button. Changes nothing: link scanners fetch it too."""
        subject = self._subject(request)
        view = self.site.store.subscription(subject)
        if view is None or view.status is SubscriptionStatus.UNSUBSCRIBED:
            return self._goodbye(subject, view)
        return self.site.pages.respond(
            "unsubscribe",
            list_title=view.list.title,
            masked=mask(view.email),
            preferences=self._preferences(subject),
        )

    async def leave(self, request: Request) -> Response:
        """Any number of times, and for an erased reader too: always 200, never a redirect."""
        subject = self._subject(request)
        how = BY_PAGE if "page" in await _lenient_form(request) else ONE_CLICK
        view = await run_in_threadpool(self._unsubscribe, subject, how, visitor_of(request))
        return self._goodbye(subject, view)

    def _unsubscribe(self, subject: bytes, how: str, visitor: Visitor) -> SubscriptionView | None:
        return self.site.store.unsubscribe_token(
            subject, how, self.site.now(), visitor.ip, visitor.user_agent
        )

    def _goodbye(self, subject: bytes, view: SubscriptionView | None) -> Response:
        return self.site.pages.respond(
            "goodbye",
            list_title=view.list.title if view else None,
            masked=mask(view.email) if view else None,
            preferences=self._preferences(subject),
        )

    def _subject(self, request: Request) -> bytes:
        return self.site.links.keyring.verify(Purpose.UNSUBSCRIBE, request.path_params["token"])

    def _preferences(self, subject: bytes) -> str:
        token = self.site.links.keyring.sign(Purpose.PREFERENCES, subject)
        return f"{self.site.prefix}/p/{token}"


async def _lenient_form(request: Request) -> Form:
    """The token says what is wanted, so a body that nobody can parse does not keep anyone here."""
    try:
        return await read_form(request)
    except HTTPException as fault:
        if fault.status_code != _MALFORMED:
            raise
        return Form()
