"""A visit: who can read the mail of an address gets, for 15 minutes, to see and change what is kept
of it. /a/{token} begins one, by POST; a cookie goes on with it; its forms have their own token.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http.cookies import CookieError

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mailer.errors import TokenInvalid
from mailer.ledger import notices
from mailer.ledger.notices import Kind
from mailer.links import Purpose
from mailer.web.pages import whole
from mailer.web.restraint import Asker
from mailer.web.site import Site
from mailer.web.subscribing import Unfit, address_in
from mailer.web.visitor import Form, Visitor, read_form, visitor_of
from mailer.web.words import Words
from subscribers import passes, selfcare, signup
from subscribers.address import Address, parse
from subscribers.model import Pass, PassKind, SubscriptionView
from subscribers.passes import LASTS, Grant

_GONE, _NO_VISIT, _UNFIT = 410, 403, 422
Export = Callable[[str], bytes]
Erase = Callable[[str], object]


@dataclass(frozen=True)
class Visit:
    """One that is going on. `token` is that of its pass."""

    given: Pass
    view: SubscriptionView


@dataclass(frozen=True)
class Visiting:
    """`export` gives a file of everything that is known of an address, `erase` ends that."""

    site: Site
    export: Export
    erase: Erase

    def routes(self) -> list[Route]:
        acts = {"export": self._export, "move": self._move, "erase": self._erase, "end": self._end}
        return [
            Route("/a/{token}", self.ask, methods=["GET"]),
            Route("/a/{token}", self.begin, methods=["POST"]),
            Route("/me", self.show, methods=["GET"]),
            *(
                Route(f"/me/{n}", partial(self._act, act), methods=["POST"])
                for n, act in acts.items()
            ),
        ]

    def ask(self, request: Request) -> Response:
        """Changes nothing: link scanners fetch it too."""
        words, token = self.site.words(request), self._token(request)
        with self.site.database.read() as c:
            given = passes.of_token(c, PassKind.ACCESS, token)
        if given is None or not given.is_open(self.site.now()):
            return self._plain(words, "access_title", "access_gone", _GONE)
        button = words.say("access_button")
        return self._plain(words, "access_title", "access_lead", button=button)

    def begin(self, request: Request) -> Response:
        words, token = self.site.words(request), self._token(request)
        with self.site.database.write() as c:
            given = passes.use(c, PassKind.ACCESS, token, self.site.now())
            visit = None if given is None else self._new(c, given)
        if visit is None:
            return self._plain(words, "access_title", "access_gone", _GONE)
        answer = RedirectResponse(f"{self.site.prefix}/me", 303)
        self._set_cookie(answer, self.site.links.keyring.sign(Purpose.VISIT, visit.token))
        return answer

    def _new(self, c: sa.Connection, given: Pass) -> Pass:
        grant = Grant(
            PassKind.VISIT,
            given.subscriber_id,
            parse(given.email),
            given.subscription_id,
            given.lang,
        )
        return passes.issue(c, grant, self.site.store.new_token(), self.site.now())

    def show(self, request: Request) -> Response:
        visit = self._visit(request)
        words = self.site.words(request, visit.view if visit else None)
        return self._over(words) if visit is None else self._page(words, visit)

    async def _act(
        self, act: Callable[[Words, Visit, Form, Visitor], Response], request: Request
    ) -> Response:
        """One of the forms on the page of a visit. Raises HTTPException where the form is not one
        that was made for this visit."""
        form = await read_form(request)
        visit = await run_in_threadpool(self._visit, request)
        words = self.site.words(request, visit.view if visit else None)
        if visit is None:
            return self._over(words)
        if not self._is_ours(visit, form):
            raise HTTPException(_NO_VISIT)
        return await run_in_threadpool(act, words, visit, form, visitor_of(request))

    def _export(self, _words: Words, visit: Visit, _form: Form, _visitor: Visitor) -> Response:
        name = f"{self.site.face.id}-{self.site.date_of(self.site.now()):%Y-%m-%d}.zip"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(self.export(visit.view.email), 200, headers, "application/zip")

    def _move(self, words: Words, visit: Visit, form: Form, visitor: Visitor) -> Response:
        """The same answer, whether somebody has the new address already or not."""
        try:
            to = address_in(form.get("email", ""))
        except Unfit as fault:
            return self._page(words, visit, fault=str(fault))
        job = partial(_ask_new_address, self.site, visit, to, words.lang)
        self.site.ask(Asker(visitor.ip, to), job)
        return self._page(words, visit, said="move_asked")

    def _erase(self, words: Words, visit: Visit, form: Form, _visitor: Visitor) -> Response:
        if form.get("sure") != "yes":
            return self._page(words, visit, fault="erase_untold")
        self.erase(visit.view.email)
        answer = self._plain(words, "erased_title", "erased")
        self._set_cookie(answer, "")
        return answer

    def _end(self, words: Words, visit: Visit, _form: Form, _visitor: Visitor) -> Response:
        with self.site.database.write() as c:
            passes.use(c, PassKind.VISIT, visit.given.token, self.site.now())
        answer = self._over(words)
        answer.status_code = 200
        self._set_cookie(answer, "")
        return answer

    def _page(self, words: Words, visit: Visit, said: str = "", fault: str = "") -> Response:
        until = visit.given.expires_at.astimezone(self.site.zone)
        return self.site.pages.respond(
            "visit",
            _UNFIT if fault else 200,
            words=words,
            address=whole(visit.view.email),
            until=f"{until:%H:%M}",
            form=self.site.links.keyring.sign(Purpose.FORM, visit.given.token),
            said=said,
            fault=fault,
        )

    def _over(self, words: Words) -> Response:
        return self._plain(words, "visit_over_title", "visit_over", _NO_VISIT)

    def _plain(
        self, words: Words, title: str, text: str, status: int = 200, button: str = ""
    ) -> Response:
        say = words.say
        return self.site.pages.plain(words, say(title), say(text), status=status, button=button)

    def _visit(self, request: Request) -> Visit | None:
        """The one that the cookie goes on with, as long as it lasts."""
        try:
            token = self.site.links.keyring.verify(
                Purpose.VISIT, request.cookies.get(self._cookie, "")
            )
        except (TokenInvalid, CookieError):
            return None
        with self.site.database.read() as c:
            given = passes.of_token(c, PassKind.VISIT, token)
            if given is None or not given.is_open(self.site.now()):
                return None
            view = signup.of_pass(c, given)
        return None if view is None else Visit(given, view)

    def _is_ours(self, visit: Visit, form: Form) -> bool:
        try:
            subject = self.site.links.keyring.verify(Purpose.FORM, form.get("form", ""))
        except TokenInvalid:
            return False
        return subject == visit.given.token

    @property
    def _cookie(self) -> str:
        """With a prefix that keeps other hosts from setting it (RFC 6265bis §4.1.3.2)."""
        return "__Host-visit" if self.site.https else "visit"

    def _set_cookie(self, answer: Response, value: str) -> None:
        """An empty value takes it away."""
        answer.set_cookie(
            self._cookie,
            value,
            max_age=int(LASTS[PassKind.VISIT].total_seconds()) if value else 0,
            path="/",
            secure=self.site.https,
            httponly=True,
            samesite="strict",
        )

    def _token(self, request: Request) -> bytes:
        """Raises TokenInvalid."""
        return self.site.links.keyring.verify(Purpose.ACCESS, request.path_params["token"])


def ask_for_access(site: Site, view: SubscriptionView, lang: str, visitor: Visitor) -> None:
    """Have a link mailed that begins a visit, unless too many were asked for."""
    address = parse(view.email)
    site.ask(Asker(visitor.ip, address), partial(_give_access, site, view, address, lang))


def _give_access(
    site: Site, view: SubscriptionView, address: Address, lang: str, c: sa.Connection
) -> None:
    grant = Grant(PassKind.ACCESS, view.subscriber_id, address, view.id, lang)
    given = passes.issue(c, grant, site.store.new_token(), site.now())
    notices.order(c, notices.Order(Kind.ACCESS, view.email, lang, "", given.token, view.token))


def _ask_new_address(site: Site, visit: Visit, to: Address, lang: str, c: sa.Connection) -> None:
    """Mail the new address a link, where it may become somebody's."""
    if not selfcare.may_move(c, to, site.store.fingerprint):
        return
    grant = Grant(PassKind.MOVE, visit.view.subscriber_id, to, visit.view.id, lang)
    given = passes.issue(c, grant, site.store.new_token(), site.now())
    notices.order(c, notices.Order(Kind.MOVE, to.email, lang, "", given.token, visit.view.token))
