"""Leaving a list: /u/{token}. GET shows a button; only POST acts (RFC 8058 §3.2). On the page that
follows, a reader may undo it and say why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from mailer.ledger import notices
from mailer.ledger.notices import Kind
from mailer.links import Purpose
from mailer.message.header import without_controls
from mailer.web.pages import whole
from mailer.web.site import Site
from mailer.web.visitor import Form, Visitor, read_form, visitor_of
from mailer.web.words import Words
from subscribers import consent
from subscribers.address import mask
from subscribers.model import Consent, SubscriptionStatus, SubscriptionView

ONE_CLICK = "one-click"
BY_PAGE = "unsubscribe page"
UNDONE = "undone on the unsubscribe page"
REASONS = ("often", "interest", "unknown", "other")
_OWN_FIELDS = {"page", "undo", "reason", "words"}  # of the forms on our pages
_WORDS_CHARACTERS = 1000
_UNDO = dt.timedelta(hours=1)  # after that, the preferences are the way back
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
        return self._page(self._words(request, subject), subject)

    async def leave(self, request: Request) -> Response:
        """Any number of times, and for an erased reader too: always 200, never a redirect."""
        subject = self._subject(request)
        form, visitor = await _lenient_form(request), visitor_of(request)
        if not form.keys() & _OWN_FIELDS:
            return await self._at_once(request, subject, visitor)
        words = await run_in_threadpool(self._words, request, subject)
        if "undo" in form:
            return await run_in_threadpool(self._undo, words, subject, visitor)
        if "reason" in form or "words" in form:
            return await run_in_threadpool(self._explain, words, subject, form, visitor)
        view = await run_in_threadpool(self._unsubscribe, words, subject, visitor)
        return await run_in_threadpool(self._goodbye, words, subject, view)

    async def _at_once(self, request: Request, subject: bytes, visitor: Visitor) -> Response:
        """A mail provider's POST: many may come while an issue goes out, and nobody reads the
        answer, so it is a line and no page."""
        await self.site.way_out.leave(
            subject, Consent(ONE_CLICK, "", visitor.ip, visitor.user_agent)
        )
        return PlainTextResponse(f"{self.site.words(request).say('none_title')}\n")

    def _unsubscribe(
        self, words: Words, subject: bytes, visitor: Visitor
    ) -> SubscriptionView | None:
        """Who leaves on the page is told by mail, too: they may have been on the wrong one."""
        before = self.site.store.subscription(subject)
        self.site.store.unsubscribe_token(
            subject, BY_PAGE, self.site.now(), visitor.ip, visitor.user_agent
        )
        view = self.site.store.subscription(subject)
        was_on = before is not None and before.status is SubscriptionStatus.CONFIRMED
        if view is not None and was_on and self.site.forms.goodbye:
            order = notices.Order(
                Kind.GOODBYE, view.email, words.lang, view.list.title, None, view.token
            )
            with self.site.database.write() as c:
                notices.order(c, order)
            self.site.clerk.mail_soon()
        return view

    def _undo(self, words: Words, subject: bytes, visitor: Visitor) -> Response:
        view = self.site.store.subscription(subject)
        if view is None or not self._left_just_now(subject):
            return self._page(words, subject)
        wording = f"{words.say('left_title', list=view.list.title)} [{words.say('undo_button')}]"
        agreed = Consent(UNDONE, view.list.title, visitor.ip, visitor.user_agent, wording=wording)
        self.site.store.resubscribe_token(subject, agreed, self.site.now())
        text = words.say("undone", list=view.list.title, address=whole(mask(view.email)))
        return self.site.pages.plain(words, words.say("undone_title"), text)

    def _left_just_now(self, subject: bytes) -> bool:
        own = (choice.subscription for choice in self.site.store.subscriptions_of(subject))
        left = next((each.unsubscribed_at for each in own if each and each.token == subject), None)
        return left is not None and self.site.now() - left < _UNDO

    def _explain(self, words: Words, subject: bytes, form: Form, visitor: Visitor) -> Response:
        reason = form.get("reason", "")
        said = without_controls(form.get("words", "").strip())[:_WORDS_CHARACTERS]
        parts = [words.say(f"reason_{reason}") if reason in REASONS else "", said]
        evidence = ": ".join(part for part in parts if part)
        if evidence:
            explained = Consent(BY_PAGE, evidence, visitor.ip, visitor.user_agent)
            with self.site.database.write() as c:
                consent.explain(c, subject, explained, self.site.now())
        return self._page(words, subject, thanked=bool(evidence))

    def _page(self, words: Words, subject: bytes, thanked: bool = False) -> Response:
        """Whichever fits: there is something to leave, or it was left."""
        view = self.site.store.subscription(subject)
        if view is None or view.status is SubscriptionStatus.UNSUBSCRIBED:
            return self._goodbye(words, subject, view, thanked)
        return self.site.pages.respond(
            "unsubscribe",
            words=words,
            list_title=view.list.title,
            address=whole(mask(view.email)),
            preferences=self._preferences(subject),
        )

    def _goodbye(
        self, words: Words, subject: bytes, view: SubscriptionView | None, thanked: bool = False
    ) -> Response:
        return self.site.pages.respond(
            "goodbye",
            words=words,
            list_title=view.list.title if view else None,
            address=whole(mask(view.email)) if view else None,
            preferences=self._preferences(subject),
            undo=view is not None and self._left_just_now(subject),
            reasons=REASONS,
            thanked=thanked,
        )

    def _words(self, request: Request, subject: bytes) -> Words:
        return self.site.words(request, self.site.store.subscription(subject))

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
