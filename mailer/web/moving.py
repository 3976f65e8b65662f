"""The answer to the mail at a new address: /m/{token}. GET shows a button, POST makes the move."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mailer.ledger import notices
from mailer.ledger.notices import Kind
from mailer.links import Purpose
from mailer.web.pages import whole
from mailer.web.site import Site
from mailer.web.words import Words, words_of
from subscribers import passes, selfcare, signup
from subscribers.address import mask
from subscribers.model import Pass, PassKind, SubscriptionView

HOW = "link at the new address"
_GONE = 410


@dataclass(frozen=True)
class Moving:
    site: Site

    def routes(self) -> list[Route]:
        return [
            Route("/m/{token}", self.ask, methods=["GET"]),
            Route("/m/{token}", self.move, methods=["POST"]),
        ]

    def ask(self, request: Request) -> Response:
        """Changes nothing: link scanners fetch it too."""
        given = self._given(request)
        words = words_of(given.lang if given else self.site.lang)
        if given is None or not given.is_open(self.site.now()):
            return self._page(words, "expired_title", words.say("expired_gone"), _GONE)
        text = words.say("move_confirm", address=whole(mask(given.email)))
        button = words.say("move_confirm_button")
        return self._page(words, "move_title", text, button=button)

    def move(self, request: Request) -> Response:
        given = self._given(request)
        words = words_of(given.lang if given else self.site.lang)
        if given is None or self._moved(given) is None:
            text = words.say("moved_not", contact=self.site.pages.contact)
            return self._page(words, "moved_not_title", text, _GONE)
        self.site.clerk.mail_soon()
        text = words.say("moved", address=whole(mask(given.email)))
        return self._page(words, "moved_title", text)

    def _moved(self, given: Pass) -> SubscriptionView | None:
        """The person at their new address, the old one being told; None where the link is used or
        too old, or somebody else has the address by now."""
        now = self.site.now()
        with self.site.database.write() as c:
            if passes.use(c, PassKind.MOVE, given.token, now) is None:
                return None
            to, fingerprint = passes.address_of(given), self.site.store.fingerprint
            before = selfcare.move(c, given.subscriber_id, to, HOW, fingerprint, now)
            view = signup.of_pass(c, given)
            if before is None or view is None:
                return None
            notices.order(c, notices.Order(Kind.MOVED, before, given.lang, "", None, view.token))
            return view

    def _page(
        self, words: Words, title: str, text: str, status: int = 200, button: str = ""
    ) -> Response:
        return self.site.pages.plain(words, words.say(title), text, status=status, button=button)

    def _given(self, request: Request) -> Pass | None:
        """Raises TokenInvalid."""
        token = self.site.links.keyring.verify(Purpose.MOVE, request.path_params["token"])
        with self.site.database.read() as c:
            return passes.of_token(c, PassKind.MOVE, token)
