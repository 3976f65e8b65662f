"""What a reader tells about themselves on the page of their preferences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from mailer.composer.html.views import locale_of
from mailer.web.site import Site
from mailer.web.subscribing import Unfit
from mailer.web.visitor import Form
from mailer.web.words import languages
from subscribers import selfcare
from subscribers.errors import UnknownSubscriber
from subscribers.model import SubscriptionView

_LONGEST = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class About:
    """`pause` is the first day on which something is sent again."""

    subscriber_id: int
    attributes: Mapping[str, str]
    pause: dt.date | None


def about_of(site: Site, view: SubscriptionView) -> About:
    with site.database.read() as c:
        until = selfcare.paused_until(c, view.subscriber_id)
    pause = site.date_of(until) if until is not None and until > site.now() else None
    try:
        attributes = site.store.show(view.email).attributes
    except UnknownSubscriber:  # erased since we looked
        attributes = {}
    return About(view.subscriber_id, attributes, pause)


def pause_in(site: Site, form: Form) -> dt.date | None:
    """The day until which nothing is to be sent; raises Unfit."""
    text = form.get("pause", "").strip()
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise Unfit("bad_pause") from error
    today = site.date_of(site.now())
    if not today < day <= today + _LONGEST:
        raise Unfit("bad_pause")
    return day


def days_of(site: Site) -> tuple[dt.date, dt.date]:
    """The first and the last day on which a pause may end."""
    today = site.date_of(site.now())
    return today + dt.timedelta(days=1), today + _LONGEST


@cache
def languages_named() -> list[tuple[str, str]]:
    """Each language that the pages speak, with its own name for itself."""
    return [(tag, _own_name(tag)) for tag in languages()]


def _own_name(tag: str) -> str:
    locale = locale_of(tag)
    return (locale and locale.display_name) or tag
