"""What a reader gets: /p/{token}. GET shows it, POST changes it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mailer.links import Purpose
from mailer.web.site import Site
from mailer.web.visitor import Form, Visitor, read_form, visitor_of
from subscribers.address import mask
from subscribers.errors import UnknownSubscriber
from subscribers.model import (
    Choice,
    Consent,
    Subscription,
    SubscriptionStatus,
    Suppression,
    SuppressionReason,
)

HOW = "preferences page"
WORDING = "Tick the lists that you want to get."
_KIND_WORDS = {
    SuppressionReason.BOUNCED: "mail to this address came back to us",
    SuppressionReason.COMPLAINED: "a copy was reported to us as unwanted",
}
_STOPPED_BY_US = "the editor has stopped it"


@dataclass(frozen=True, slots=True)
class Row:
    """One list as the page shows it."""

    name: str
    title: str
    ticked: bool
    note: str


@dataclass(frozen=True, slots=True)
class Changes:
    """The titles of the lists that a reader left, and of those that they came back to."""

    left: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Preferences:
    site: Site

    def routes(self) -> list[Route]:
        return [
            Route("/p/{token}", self.show, methods=["GET"]),
            Route("/p/{token}", self.change, methods=["POST"]),
        ]

    def show(self, request: Request) -> Response:
        return self._page(self._subject(request), None)

    async def change(self, request: Request) -> Response:
        subject = self._subject(request)
        form = await read_form(request)
        return await run_in_threadpool(self._apply, subject, form, visitor_of(request))

    def _apply(self, subject: bytes, form: Form, visitor: Visitor) -> Response:
        own = _own(self.site.store.subscriptions_of(subject))
        changes = Changes()
        for subscription in _to_leave(own, form):
            self._leave(subscription, visitor)
            changes.left.append(subscription.title)
        for subscription in _to_return(own, form):
            self._return(subscription, visitor)
            changes.back.append(subscription.title)
        return self._page(subject, changes)

    def _leave(self, subscription: Subscription, visitor: Visitor) -> None:
        self.site.store.unsubscribe_token(
            subscription.token, HOW, self.site.now(), visitor.ip, visitor.user_agent
        )

    def _return(self, subscription: Subscription, visitor: Visitor) -> None:
        evidence = f"{WORDING} Ticked: {subscription.title}"
        consent = Consent(HOW, evidence, visitor.ip, visitor.user_agent)
        self.site.store.resubscribe_token(subscription.token, consent, self.site.now())

    def _page(self, subject: bytes, changes: Changes | None) -> Response:
        view = self.site.store.subscription(subject)
        if view is None:
            return self.site.pages.respond("goodbye", list_title=None, masked=None)
        own = _own(self.site.store.subscriptions_of(subject))
        return self.site.pages.respond(
            "preferences",
            masked=mask(view.email),
            wording=WORDING,
            rows=[_row(subscription) for subscription in own],
            stops=[_stop(suppression, own) for suppression in self._suppressions(view.email)],
            changes=changes,
        )

    def _suppressions(self, email: str) -> Iterable[Suppression]:
        try:
            return self.site.store.show(email).suppressions
        except UnknownSubscriber:  # erased since we looked
            return ()

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
    if "leave_all" in form:
        return []
    ticked = set(form.getlist("shown")) & set(form.getlist("list"))
    return [
        each
        for each in own
        if each.list in ticked and each.status is not SubscriptionStatus.CONFIRMED
    ]


def _row(subscription: Subscription) -> Row:
    notes = {
        SubscriptionStatus.UNSUBSCRIBED: "You have left this list.",
        SubscriptionStatus.PENDING: "Not confirmed yet: nothing is sent.",
        SubscriptionStatus.CONFIRMED: "",
    }
    ticked = subscription.status is SubscriptionStatus.CONFIRMED
    return Row(subscription.list, subscription.title, ticked, notes[subscription.status])


def _stop(suppression: Suppression, own: Iterable[Subscription]) -> str:
    """Why nothing is sent in spite of a tick, as a sentence."""
    titles = {each.list: each.title for each in own}
    what = "Nothing" if suppression.list is None else titles.get(suppression.list, suppression.list)
    reason = _KIND_WORDS.get(suppression.reason, _STOPPED_BY_US)
    verb = "is sent" if suppression.list is None else "is not sent"
    return f"{what} {verb} to you at the moment: {reason}."
