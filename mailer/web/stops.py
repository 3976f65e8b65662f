"""Why somebody's lists are not sent in spite of a tick, and what they can do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from mailer.web.pages import link
from mailer.web.site import Site
from mailer.web.words import Words
from subscribers.errors import UnknownSubscriber
from subscribers.model import Choice, Suppression, SuppressionReason
from subscribers.suppression import LIFTED

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
        offered = [each.name for each in self.site.store.lists() if self.site.offers(each.name)]
        fitting = [name for name in offered if stop.list in (None, name)]
        if stop.domain or stop.reason not in LIFTED or not fitting:
            return words.say("stop_way_write", contact=self.site.pages.contact)
        query = f"?list={stop.list}" if stop.list else ""
        again = link(f"{self.site.prefix}/subscribe{query}", words.say("stop_again"))
        return words.say("stop_way_again", again=again)


def stops_of(site: Site, email: str) -> Stops:
    try:
        found = site.store.show(email).suppressions
    except UnknownSubscriber:  # erased since we looked
        found = ()
    lasting = [each for each in found if each.reason is not SuppressionReason.ERASED]
    return Stops(site, lasting)
