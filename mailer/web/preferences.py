"""What a reader gets, and a little about them: /p/{token}. GET shows it, POST changes it.

The link is in every mail, and mails are forwarded: what is here to see and to change is what a
friend may see. For the rest there is a visit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mailer.links import Purpose
from mailer.web.about import About, about_of, days_of, languages_named, pause_in
from mailer.web.pages import whole
from mailer.web.site import Site
from mailer.web.stops import Stops, stops_of
from mailer.web.subscribing import Unfit, named
from mailer.web.visiting import ask_for_access
from mailer.web.visitor import Form, Visitor, read_form, visitor_of
from mailer.web.words import Words, languages
from subscribers import editing, selfcare, signup
from subscribers.address import mask
from subscribers.editing import Edit
from subscribers.model import (
    Choice,
    Consent,
    Subscription,
    SubscriptionStatus,
    SubscriptionView,
)

HOW = "preferences page"
_UNFIT = 422
_NOTES = {
    SubscriptionStatus.UNSUBSCRIBED: "note_left",
    SubscriptionStatus.PENDING: "note_pending",
    SubscriptionStatus.CONFIRMED: "",
}


Said = tuple[str, dict[str, object]]  # a sentence of the words, and its values


@dataclass(frozen=True, slots=True)
class Row:
    """One list as the page shows it; `note` names words."""

    name: str
    title: str
    ticked: bool
    note: str


@dataclass(frozen=True)
class Preferences:
    site: Site

    def routes(self) -> list[Route]:
        return [
            Route("/p/{token}", self.show, methods=["GET"]),
            Route("/p/{token}", self.change, methods=["POST"]),
        ]

    def show(self, request: Request) -> Response:
        return self._page(request, self._subject(request))

    async def change(self, request: Request) -> Response:
        subject = self._subject(request)
        form = await read_form(request)
        return await run_in_threadpool(self._changed, request, subject, form)

    def _changed(self, request: Request, subject: bytes, form: Form) -> Response:
        view = self.site.store.subscription(subject)
        if view is None:
            return self._page(request, subject)
        words, visitor = self.site.words(request, view), visitor_of(request)
        if "access" in form:
            ask_for_access(self.site, view, words.lang, visitor)
            return self._page(request, subject, link_asked=True)
        try:
            said = self._apply(view, form, words, visitor)
        except Unfit as fault:
            return self._page(request, subject, fault=str(fault))
        return self._page(request, subject, said=said)

    def _apply(
        self, view: SubscriptionView, form: Form, words: Words, visitor: Visitor
    ) -> list[Said]:
        """What was changed, a sentence for each; all of it or, where it raises Unfit, nothing."""
        about = about_of(self.site, view) if "about" in form else None
        told = self._told(form)
        pause = pause_in(self.site, form) if about else None
        choices = self._choices(view.token)
        said = self._lists(choices, view, form, words, visitor)
        if about is None:
            return said
        with self.site.database.write() as c:
            return [*said, *self._about(c, about, told, pause)]

    def _choices(self, subject: bytes) -> list[Choice]:
        """Their own lists, and those that anybody may join; the publication's own comes first."""
        every = self.site.store.subscriptions_of(subject)
        shown = [each for each in every if each.subscription or self.site.offers(each.list.name)]
        return sorted(shown, key=lambda each: each.list.name != self.site.face.list)

    def _told(self, form: Form) -> Edit:
        """The language, and the name: an empty one takes away what was there. Raises Unfit."""
        lang = form.get("lang", "")
        attribute = self.site.forms.name
        name = {attribute: ""} if attribute and "name" in form else {}
        return Edit(
            language=lang if lang in languages() else None,
            attributes={**name, **named(self.site, form.get("name", ""))},
        )

    def _lists(
        self,
        choices: Collection[Choice],
        view: SubscriptionView,
        form: Form,
        words: Words,
        visitor: Visitor,
    ) -> list[Said]:
        own = _own(choices)
        leaving, back = _to_leave(own, form), _to_return(own, form)
        joined = _to_join(choices, form)
        for subscription in leaving:
            self._leave(subscription, visitor)
        for subscription in back:
            consent = self._consent(words, subscription.title, visitor)
            self.site.store.resubscribe_token(subscription.token, consent, self.site.now())
        for choice in joined:
            self._join(view, choice, self._consent(words, choice.list.title, visitor))
        titles = {
            "saved_left": [each.title for each in leaving],
            "saved_back": [each.title for each in back],
            "saved_joined": [each.list.title for each in joined],
        }
        return [(name, {"lists": _quoted(some)}) for name, some in titles.items() if some]

    def _consent(self, words: Words, title: str, visitor: Visitor) -> Consent:
        ticked, wording = words.say("ticked", list=title), words.say("preferences_wording")
        form = f"{self.site.url}/p/"
        return Consent(HOW, ticked, visitor.ip, visitor.user_agent, form=form, wording=wording)

    def _leave(self, subscription: Subscription, visitor: Visitor) -> None:
        self.site.store.unsubscribe_token(
            subscription.token, HOW, self.site.now(), visitor.ip, visitor.user_agent
        )

    def _join(self, view: SubscriptionView, choice: Choice, consent: Consent) -> None:
        site = self.site
        token, fingerprint = site.store.new_token(), site.store.fingerprint
        with site.database.write() as c:
            signup.join(
                c, view.subscriber_id, choice.list.id, consent, token, fingerprint, site.now()
            )

    def _about(
        self, c: sa.Connection, before: About, told: Edit, pause: dt.date | None
    ) -> Iterable[Said]:
        site, subscriber = self.site, before.subscriber_id
        if editing.edit(c, subscriber, told, HOW, site.now()):
            yield "saved_about", {}
        if pause != before.pause:
            until = None if pause is None else site.midnight(pause)
            selfcare.pause(c, subscriber, until)
            yield ("saved_unpaused", {}) if pause is None else ("saved_paused", {"date": pause})

    def _page(
        self,
        request: Request,
        subject: bytes,
        said: list[Said] | None = None,
        fault: str = "",
        link_asked: bool = False,
    ) -> Response:
        view = self.site.store.subscription(subject)
        words = self.site.words(request, view)
        if view is None:
            return self.site.pages.plain(words, words.say("none_title"), words.say("none"))
        choices = self._choices(subject)
        about, stops = about_of(self.site, view), stops_of(self.site, view.email)
        return self.site.pages.respond(
            "preferences",
            _UNFIT if fault else 200,
            words=words,
            address=whole(mask(view.email)),
            rows=[_row(choice, stops) for choice in choices],
            stops=stops.sentences(words, choices),
            said=None if said is None else [self._sentence(words, each) for each in said],
            fault=fault,
            link_asked=link_asked,
            ask_name=bool(self.site.forms.name),
            own_name=about.attributes.get(self.site.forms.name, ""),
            pause=about.pause.isoformat() if about.pause else "",
            languages=languages_named(),
            own_lang=words.lang,
            days=days_of(self.site),
        )

    def _sentence(self, words: Words, said: Said) -> Markup:
        name, values = said
        shown = {
            key: self.site.day(value, words.lang) if isinstance(value, dt.date) else value
            for key, value in values.items()
        }
        return words.say(name, **shown)

    def _subject(self, request: Request) -> bytes:
        return self.site.links.keyring.verify(Purpose.PREFERENCES, request.path_params["token"])


def _own(choices: Iterable[Choice]) -> list[Subscription]:
    return [choice.subscription for choice in choices if choice.subscription is not None]


def _to_leave(own: Collection[Subscription], form: Form) -> list[Subscription]:
    """Only lists that the page has shown: a list joined since then is not left by its absence."""
    if "leave_all" in form:
        return [each for each in own if each.status is not SubscriptionStatus.UNSUBSCRIBED]
    unticked = set(form.getlist("shown")) - set(form.getlist("list"))
    return [
        each
        for each in own
        if each.list in unticked and each.status is SubscriptionStatus.CONFIRMED
    ]


def _to_return(own: Collection[Subscription], form: Form) -> list[Subscription]:
    ticked = _ticked(form)
    return [
        each
        for each in own
        if each.list in ticked and each.status is not SubscriptionStatus.CONFIRMED
    ]


def _to_join(choices: Iterable[Choice], form: Form) -> list[Choice]:
    ticked = _ticked(form)
    return [each for each in choices if each.subscription is None and each.list.name in ticked]


def _ticked(form: Form) -> set[str]:
    if "leave_all" in form:
        return set()
    return set(form.getlist("shown")) & set(form.getlist("list"))


def _row(choice: Choice, stops: Stops) -> Row:
    own = choice.subscription
    if own is None:
        return Row(choice.list.name, choice.list.title, False, "note_new")
    ticked = own.status is SubscriptionStatus.CONFIRMED
    stopped = ticked and stops.hold(own.list)
    return Row(own.list, own.title, ticked, "note_stopped" if stopped else _NOTES[own.status])


def _quoted(titles: Iterable[str]) -> str:
    return ", ".join(f"“{title}”" for title in titles)
