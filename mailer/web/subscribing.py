"""Signing up: /subscribe, a form, and the same as JSON. Whoever asks gets the same answer, whether
the address is known or not; what follows is a mail."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mailer.errors import TokenInvalid
from mailer.ledger import notices
from mailer.ledger.notices import Kind
from mailer.links import Purpose
from mailer.message.header import one_line
from mailer.web.listing import newest
from mailer.web.pages import link
from mailer.web.problem import ANYWHERE, problem, sends_json, wants_json
from mailer.web.restraint import Asker, Verdict
from mailer.web.site import Site
from mailer.web.visitor import Form, Visitor, read_fields, visitor_of
from mailer.web.words import Words, asked_for, words_of
from subscribers import signup
from subscribers.address import Address, parse
from subscribers.errors import BadAddress, UnknownList
from subscribers.model import Consent, List
from subscribers.signup import Answer, SignUp

FORM, JSON = "sign-up form", "sign-up over JSON"
TRAP = "website"  # no person sees this field
_SHOWN = "shown"  # nor this one, of a form that has lists to tick
NAME_CHARACTERS = 100
_UNFIT, _TOO_MANY, _BUSY = 422, 429, 503
_AGAIN = {"retry-after": "3600"}


class Unfit(Exception):
    """Its text names what is wrong, in the words of the pages."""


@dataclass(frozen=True)
class Subscribing:
    site: Site

    def routes(self) -> list[Route]:
        return [
            Route("/subscribe", self.show, methods=["GET"]),
            Route("/subscribe", self.ask, methods=["POST"]),
            Route("/subscribe", self.allow, methods=["OPTIONS"]),
        ]

    def show(self, request: Request) -> Response:
        wanted = [("list", name) for name in request.query_params.getlist("list")]
        return self._form(self.site.words(request), Form(wanted))

    def allow(self, _: Request) -> Response:
        """Before a script on another page asks (Fetch standard, CORS-preflight)."""
        return Response(status_code=204, headers=ANYWHERE)

    async def ask(self, request: Request) -> Response:
        return await run_in_threadpool(self._asked, request, await read_fields(request))

    def _asked(self, request: Request, form: Form) -> Response:
        words = asked_for(request, form.get("lang"), self.site.lang)
        visitor, in_json = visitor_of(request), wants_json(request)
        how = JSON if sends_json(request) else FORM
        try:
            wanted = self._lists(form)
            made = self._sign_up(form, wanted, words, visitor, how)
        except Unfit as fault:
            return self._refused(words, form, str(fault), in_json)
        if not self._is_robot(form):
            job = partial(signed_up, self.site, made, {each.id: each.title for each in wanted})
            match self.site.ask(Asker(visitor.ip, made.address), job):
                case Verdict.TOO_MANY:
                    raise HTTPException(_TOO_MANY, headers=_AGAIN)
                case Verdict.BUSY:
                    raise HTTPException(_BUSY, headers={"retry-after": "60"})
        return self._thanks(words, wanted, in_json)

    def _lists(self, form: Form) -> list[List]:
        """Those that are ticked; the publication's own where there was nothing to tick. Raises
        Unfit."""
        names = dict.fromkeys(name for name in form.getlist("list") if name)
        if not names and _SHOWN in form:
            raise Unfit("no_list")
        return [self._list(name) for name in names or [self.site.face.list]]

    def _list(self, name: str) -> List:
        try:
            wanted = self.site.store.list(name) if self.site.offers(name) else None
        except UnknownList:
            wanted = None
        if wanted is None:
            raise HTTPException(404, f"no list {name!r} takes sign-ups")
        return wanted

    def _sign_up(
        self, form: Form, wanted: list[List], words: Words, visitor: Visitor, how: str
    ) -> SignUp:
        """Raises Unfit."""
        return SignUp(
            address_in(form.get("email", "")),
            {each.id: self._consent(each, words, visitor, how) for each in wanted},
            words.lang,
            named(self.site, form.get("name", "")),
        )

    def _consent(self, wanted: List, words: Words, visitor: Visitor, how: str) -> Consent:
        return Consent(
            how,
            wanted.title,
            visitor.ip,
            visitor.user_agent,
            form=f"{self.site.url}/subscribe",
            wording=f"{words.say('subscribe_lead')} [{words.say('subscribe')}]",
        )

    def _is_robot(self, form: Form) -> bool:
        """It fills in what no person sees, or is quicker than a person."""
        return bool(form.get(TRAP)) or not self._took_time(form.get("made", ""))

    def _took_time(self, made: str) -> bool:
        """A form of another page does not say when it was made."""
        if not made:
            return True
        try:
            since = made_at(self.site, made)
        except TokenInvalid:
            return False
        return self.site.now() - since >= self.site.forms.least

    def _thanks(self, words: Words, wanted: list[List], in_json: bool) -> Response:
        names = [each.name for each in wanted]
        if in_json:
            answer = {"status": "asked", "list": names[0], "lists": names}
            return JSONResponse(answer, 202, ANYWHERE)
        return look_into_your_mail(self.site, words, together(each.title for each in wanted))

    def _refused(self, words: Words, form: Form, fault: str, in_json: bool) -> Response:
        if in_json:
            return problem(words, _UNFIT, words.say(fault))
        return self._form(words, form, fault)

    def _form(self, words: Words, form: Form, fault: str = "") -> Response:
        values = form_values(self.site, form, fault)
        face, forms = self.site.face, self.site.forms
        return self.site.pages.respond(
            "subscribe",
            _UNFIT if fault else 200,
            words=words,
            tagline=face.tagline,
            how_often=forms.how_often,
            newest=newest(self.site),
            **values,
        )


def snippet(site: Site, wanted: List, lang: str) -> str:
    """The form as HTML for another page."""
    return site.pages.render(
        "snippet",
        words_of(lang),
        url=f"{site.url}/subscribe",
        list_name=wanted.name,
        ask_name=bool(site.forms.name),
    )


def together(titles: Iterable[str]) -> str:
    """The titles of lists for a place in a sentence that may be about several."""
    return ", ".join(titles)


def look_into_your_mail(site: Site, words: Words, list_title: str) -> Response:
    lines = (
        words.say("asked", list=list_title),
        words.say("asked_late"),
        link(f"{site.prefix}/subscribe", words.say("asked_wrong")),
    )
    return site.pages.plain(words, words.say("asked_title"), *lines)


def form_values(site: Site, form: Form, fault: str = "") -> dict[str, Any]:
    """What the template of the form asks for; the publication's own list comes first."""
    own = site.face.list
    lists = sorted(site.offered(), key=lambda each: each.name != own)
    return {
        "form": form,
        "fault": fault,
        "made": made_now(site),
        "ask_name": bool(site.forms.name),
        "lists": [(each.name, each.title) for each in lists],
        "wanted": form.getlist("list") or ([] if _SHOWN in form else [own]),
    }


def signed_up(site: Site, made: SignUp, titles: Mapping[int, str], c: sa.Connection) -> None:
    """`titles` are those of its lists."""
    asked = signup.sign_up(c, made, site.store.new_token, site.store.fingerprint, site.now())
    if asked.answer is Answer.NONE or asked.given is None:
        return
    kind = Kind.CONFIRM if asked.answer is Answer.CONFIRM else Kind.KNOWN
    subject = asked.given.token if kind is Kind.CONFIRM else None
    about = together(titles[each] for each in asked.lists)
    order = notices.Order(kind, made.address.email, made.lang, about, subject, asked.subscription)
    notices.order(c, order)


def address_in(text: str) -> Address:
    """Raises Unfit."""
    try:
        return parse(text)
    except BadAddress as error:
        raise Unfit("bad_address") from error


def named(site: Site, text: str) -> dict[str, str]:
    """The attribute that holds somebody's name, if they gave one. Raises Unfit."""
    name = one_line(text)
    if not (site.forms.name and name):
        return {}
    if len(name) > NAME_CHARACTERS or "\ufffd" in name:
        raise Unfit("bad_name")
    return {site.forms.name: name}


def made_now(site: Site) -> str:
    """A sign of when a form was made: 8 octets of microseconds, 8 of chance."""
    moment = int(site.now().timestamp() * 1_000_000)
    return site.links.keyring.sign(Purpose.FORM, moment.to_bytes(8, "big") + secrets.token_bytes(8))


def made_at(site: Site, sign: str) -> dt.datetime:
    """Raises TokenInvalid."""
    subject = site.links.keyring.verify(Purpose.FORM, sign)
    return dt.datetime.fromtimestamp(int.from_bytes(subject[:8], "big") / 1_000_000, dt.UTC)
