"""Why somebody's lists are not sent in spite of a tick, and what they can do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from markupsafe import Markup

from mailer.web.pages import link
from mailer.web.site import Site
from mailer.web.words import Words
from subscribers.errors import UnknownSubscriber
from subscribers.model import Choice, SubscriptionStatus, Suppression, SuppressionReason
from subscribers.suppression import LIFTED, SAID

_WHY = {
    SuppressionReason.UNSUBSCRIBED: "stop_left",
    SuppressionReason.BOUNCED: "stop_bounced",
    SuppressionReason.COMPLAINED: "stop_complained",
}


@dataclass(frozen=True)
class Stops:
    """What a person's suppressions keep from them, but for what a tick lifts."""

    site: Site
    suppressions: Sequence[Suppression]

    def hold(self, list_name: str) -> bool:
        """Whether nothing of the list is sent."""
        return any(each.list in (None, list_name) for each in self.suppressions)

    def sentences(self, words: Words, choices: Iterable[Choice]) -> list[Markup]:
        titles = {choice.list.name: choice.list.title for choice in choices}
        return [self._sentence(words, each, titles) for each in self.suppressions]

    def _sentence(self, words: Words, stop: Suppression, titles: dict[str, str]) -> Markup:
        reason, way = words.say(_WHY.get(stop.reason, "stop_ours")), self._way(words, stop)
        if stop.list is None:
            return words.say("stop_nothing", reason=reason, way=way)
        title = titles.get(stop.list, stop.list)
        return words.say("stop_list", list=title, reason=reason, way=way)

    def _way(self, words: Words, stop: Suppression) -> Markup:
        """Their own sign-up, where that lifts it; else whoever stopped it."""
        fitting = any(stop.list in (None, each.name) for each in self.site.offered())
        if stop.domain or stop.reason not in LIFTED or not fitting:
            return words.say("stop_way_write", contact=self.site.pages.contact)
        query = f"?list={stop.list}" if stop.list else ""
        again = link(f"{self.site.prefix}/subscribe{query}", words.say("stop_again"))
        return words.say("stop_way_again", again=again)


def stops_of(site: Site, email: str) -> Stops:
    try:
        person = site.store.show(email)
    except UnknownSubscriber:  # erased since we looked
        return Stops(site, ())
    confirmed = SubscriptionStatus.CONFIRMED
    ticked = {each.list for each in person.subscriptions if each.status is confirmed}
    return Stops(site, [each for each in person.suppressions if not _yields(each, ticked)])


def _yields(stop: Suppression, ticked: Set[str]) -> bool:
    """To a tick: what they said themselves of lists that they do not have ticked, and whatever is
    left of an erasure."""
    held = bool(ticked) if stop.list is None else stop.list in ticked
    return stop.reason is SuppressionReason.ERASED or (stop.reason in SAID and not held)
