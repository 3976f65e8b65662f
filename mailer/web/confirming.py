"""The answer to the mail after a sign-up: /c/{token}. GET shows a button, POST confirms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mailer.ledger import notices
from mailer.ledger.notices import Kind
from mailer.links import Purpose
from mailer.web.listing import newest
from mailer.web.pages import whole
from mailer.web.restraint import Asker
from mailer.web.site import Site
from mailer.web.subscribing import look_into_your_mail, signed_up, together
from mailer.web.visitor import Visitor, visitor_of
from mailer.web.words import Words, words_of
from subscribers import passes, signup
from subscribers.address import mask, parse
from subscribers.model import Consent, Pass, PassKind, SubscriptionView
from subscribers.signup import SignUp

HOW = "link in the confirmation"
_GONE = 410


@dataclass(frozen=True)
class Confirming:
    site: Site

    def routes(self) -> list[Route]:
        return [
            Route("/c/{token}", self.show, methods=["GET"]),
            Route("/c/{token}", self.confirm, methods=["POST"]),
        ]

    def show(self, request: Request) -> Response:
        """Changes nothing: link scanners fetch it too."""
        given, views = self._found(request)
        words = self._words(request, given)
        if given is None or not views:
            return self._expired(words, None)
        if given.used_at is not None:
            return self._welcome(words, views)
        if not given.is_open(self.site.now()):
            return self._expired(words, given)
        title = words.say("confirm_title", list=_titles(views))
        text = words.say("confirm_lead", address=whole(mask(given.email)))
        return self.site.pages.plain(words, title, text, button=words.say("confirm_button"))

    async def confirm(self, request: Request) -> Response:
        return await run_in_threadpool(self._confirmed, request)

    def _confirmed(self, request: Request) -> Response:
        given, views = self._found(request)
        words = self._words(request, given)
        if given is None or not views:
            return self._expired(words, None)
        if given.used_at is not None:
            return self._welcome(words, views)
        visitor = visitor_of(request)
        if not given.is_open(self.site.now()):
            return self._once_more(words, given, views, visitor)
        with self.site.database.write() as c:
            confirmed = self._confirm(c, given, words, visitor)
        self.site.clerk.mail_soon()
        return self._welcome(words, confirmed or views)

    def _confirm(
        self, c: sa.Connection, given: Pass, words: Words, visitor: Visitor
    ) -> tuple[SubscriptionView, ...]:
        """Empty where another press of the button was quicker."""
        wording = f"{words.say('confirm_wording')} [{words.say('confirm_button')}]"
        form = f"{self.site.url}/c/"
        consent = Consent(
            HOW, given.evidence, visitor.ip, visitor.user_agent, form=form, wording=wording
        )
        fingerprint, now = self.site.store.fingerprint, self.site.now()
        views = signup.confirm(c, given.token, consent, fingerprint, now)
        if views:
            titles, first = _titles(views), views[0]
            order = notices.Order(Kind.WELCOME, first.email, given.lang, titles, None, first.token)
            notices.order(c, order)
        return views

    def _once_more(
        self, words: Words, given: Pass, views: Sequence[SubscriptionView], visitor: Visitor
    ) -> Response:
        """A new link, in place of one that is too old, to the same address."""
        titles = {view.list.id: view.list.title for view in views}
        seen = (visitor.ip, visitor.user_agent)
        made = SignUp(
            parse(given.email),
            {list_id: Consent(HOW, title, *seen) for list_id, title in titles.items()},
            given.lang,
            given.attributes,
        )
        job = partial(signed_up, self.site, made, titles)
        self.site.ask(Asker(visitor.ip, made.address), job)
        return look_into_your_mail(self.site, words, _titles(views))

    def _expired(self, words: Words, given: Pass | None) -> Response:
        """With the offer of a new link, as long as we know for whom."""
        say = words.say
        text = say("expired", address=whole(mask(given.email))) if given else say("expired_gone")
        button = say("expired_button") if given else ""
        return self.site.pages.plain(words, say("expired_title"), text, status=_GONE, button=button)

    def _welcome(self, words: Words, views: Sequence[SubscriptionView]) -> Response:
        first, sent = views[0], self._sent(views)
        token = self.site.links.keyring.sign(Purpose.PREFERENCES, first.token)
        return self.site.pages.respond(
            "welcome",
            words=words,
            list_title=_titles(sent or views),
            address=whole(mask(first.email)),
            stopped=not sent,
            newest=newest(self.site),
            preferences=f"{self.site.prefix}/p/{token}",
        )

    def _sent(self, views: Sequence[SubscriptionView]) -> list[SubscriptionView]:
        """Those that nothing keeps from their reader."""
        address, fingerprint = parse(views[0].email), self.site.store.fingerprint
        with self.site.database.read() as c:
            return [
                view
                for view in views
                if signup.stop_of(c, address, view.list.id, fingerprint) is None
            ]

    def _found(self, request: Request) -> tuple[Pass | None, tuple[SubscriptionView, ...]]:
        """Raises TokenInvalid."""
        token = self.site.links.keyring.verify(Purpose.CONFIRM, request.path_params["token"])
        with self.site.database.read() as c:
            given = passes.of_token(c, PassKind.CONFIRM, token)
            return given, signup.of_sign_up(c, given) if given else ()

    def _words(self, request: Request, given: Pass | None) -> Words:
        return words_of(given.lang) if given else self.site.words(request)


def _titles(views: Sequence[SubscriptionView]) -> str:
    return together(view.list.title for view in views)
