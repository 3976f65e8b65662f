"""What a copy says of its reader's own sign-up: when, in the words of its language, and where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from mailer.app import App
from mailer.composer.html.views import locale_of, long_date
from mailer.model.audience import MOST
from mailer.model.edition import Edition
from mailer.model.slot import SIGN_UP_SLOTS, SIGNED_UP_AT, SIGNED_UP_ON
from subscribers.instant import instant


@dataclass(frozen=True, slots=True)
class SignUps:
    """`languages` are those of the edition and its translations; where nobody knows when somebody
    signed up, in a test copy, it was `today`."""

    languages: tuple[str, ...]
    timezone: dt.tzinfo
    today: dt.datetime

    def values(self, attributes: Mapping[str, str], variant: int) -> dict[str, str]:
        """For the two slots, from what the store's `recipients` gives under their names."""
        known, place = attributes.get(SIGNED_UP_ON), attributes.get(SIGNED_UP_AT)
        at = instant(int(known)) if known else self.today
        language = self.languages[variant >> MOST]
        return {
            SIGNED_UP_ON: _written(at.astimezone(self.timezone).date(), language),
            SIGNED_UP_AT: f" ({place})" if place else "",
        }


def sign_ups(app: App, edition: Edition) -> SignUps | None:
    """None for an edition that says nothing of them."""
    if SIGN_UP_SLOTS.isdisjoint(slot.name for slot in edition.slots()):
        return None
    return SignUps(tuple(each.lang for each in edition.every), app.timezone, app.now())


@lru_cache(maxsize=4096)
def _written(date: dt.date, lang: str) -> str:
    return long_date(date, locale_of(lang))
