"""What the columns with a meaning say in one row: how somebody stands, and what proves it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from subscribers import languages, tags
from subscribers.admission import Departure
from subscribers.errors import BadValue
from subscribers.importing import flattening
from subscribers.importing.dates import moment
from subscribers.importing.formats import Format, folded
from subscribers.importing.meaning import LEAVING, NO, WORDS, YES, Claim, Meaning
from subscribers.model import Consent, ConsentChange, SuppressionReason

HOW = "import"
REASONS = {
    Claim.UNSUBSCRIBED: SuppressionReason.UNSUBSCRIBED,
    Claim.BOUNCED: SuppressionReason.BOUNCED,
    Claim.COMPLAINED: SuppressionReason.COMPLAINED,
    Claim.BLOCKED: SuppressionReason.MANUAL,
}
NO_TAGS: frozenset[str] = frozenset()
_COMPLAINTS = ("spam", "abuse", "complain")  # in the words why somebody left
_SHOWN = 60  # characters of a word that is not known
_STATUSES = ", ".join(claim.value for claim in Claim)
_FIRST_IS_SURER = (
    *(Meaning.CONFIRMED, Meaning.SIGNED_UP, Meaning.JOINED, Meaning.CREATED),
    Meaning.LISTED,
)
_STEPS = (
    (Meaning.SIGNED_UP, "signed up on {:%Y-%m-%d %H:%M} UTC", Meaning.SIGNED_UP_IP),
    (Meaning.CONFIRMED, "confirmed on {:%Y-%m-%d %H:%M} UTC", Meaning.CONFIRMED_IP),
    (Meaning.JOINED, "given on {:%Y-%m-%d}", None),
    (Meaning.CREATED, "there since {:%Y-%m-%d}", None),
    (Meaning.LISTED, "on the list since {:%Y-%m-%d}", None),
)
# Most people of a file have it in common with others.
_consent = lru_cache(maxsize=10_000)(Consent)


@lru_cache(maxsize=10_000)
def _step(form: str, at: dt.datetime) -> str:
    return form.format(at)


class Told(NamedTuple):
    """As an `Entry` has it."""

    consent: Consent
    event: ConsentChange
    confirmed_at: dt.datetime | None
    departure: Departure | None
    tags: frozenset[str]
    language: str | None


class Telling(NamedTuple):
    """`words` are the cells that are not blank, `headings` those of their columns."""

    source: Format
    headings: Mapping[Meaning, str]
    words: Mapping[Meaning, str]
    now: dt.datetime

    def told(self, otherwise: Claim, confirmed: str | None) -> Told | None:
        """All of it; None of who never subscribed. `otherwise` is how they stand where no word
        says it, `confirmed` what the editor says of the consent of all subscribers. Raises
        BadValue."""
        claim = self.claim(otherwise)
        if claim is Claim.NEVER:
            return None
        subscribed = claim is Claim.SUBSCRIBED
        return Told(
            self.consent(confirmed if subscribed else None),
            ConsentChange.IMPORTED,
            self.confirmed_at(confirmed is not None) if subscribed else None,
            self.departure(claim),
            self.tags(),
            self.language(),
        )

    def claim(self, otherwise: Claim) -> Claim:
        """How they stand; `otherwise` where no word says it. Raises BadValue."""
        self._check_departure()
        claim = self._status() if Meaning.STATUS in self.headings else otherwise
        why = self.words.get(Meaning.WHY, "").lower()
        if claim is Claim.UNSUBSCRIBED and any(word in why for word in _COMPLAINTS):
            return Claim.COMPLAINED
        if claim is Claim.SUBSCRIBED and Meaning.LEFT in self.words:
            return Claim.UNSUBSCRIBED
        consent = self.words.get(Meaning.CONSENT)
        if claim is Claim.SUBSCRIBED and consent and consent.lower() in NO:
            return Claim.NEVER
        return claim

    def _check_departure(self) -> None:
        """An export of people who left gives a time, or a reason. A row with neither, and with a
        confirmation, comes from a table that somebody put together: whoever it took for gone could
        come back only by themselves. Raises BadValue."""
        heading = self.headings.get(Meaning.LEFT)
        is_of_departed = self.source.claim is not Claim.SUBSCRIBED and heading
        if not is_of_departed or Meaning.CONFIRMED not in self.words:
            return
        if not {Meaning.LEFT, Meaning.WHY}.intersection(self.words):
            raise BadValue(
                f"{heading} is empty, which leaves open whether they left: write when, or move "
                "those who did not into a file without this column"
            )

    def _status(self) -> Claim:
        word = self.words.get(Meaning.STATUS, "")
        said = folded(word)
        claim = self.source.words.get(said) or self._leaving(said) or WORDS.get(said)
        if claim is None:
            raise BadValue(f"the status {word[:_SHOWN]!r} is not known: write {_STATUSES}")
        return claim

    def _leaving(self, said: str) -> Claim | None:
        """What yes and no mean below a heading such as `unsubscribed`."""
        gone = LEAVING.get(folded(self.headings[Meaning.STATUS]))
        if gone is None:
            return None
        return gone if said in YES else Claim.SUBSCRIBED if said in NO else None

    def confirmed_at(self, confirmed: bool) -> dt.datetime | None:
        """When they were, where the editor says it of everybody (`confirmed`) or this row proves
        it. Raises BadValue."""
        proof = self.source.proof
        if not confirmed and not (proof and all(meaning in self.words for meaning in proof)):
            return None
        surest = next((meaning for meaning in _FIRST_IS_SURER if meaning in self.words), None)
        return self.now if surest is None else self._moment(surest)

    def consent(self, confirmed: str | None) -> Consent:
        """What the editor says of everybody, and what this row does. Raises BadValue."""
        words = self.words.get(Meaning.CONSENT, "")
        # Our own export tells the steps in words already.
        told = (confirmed, words, *(step for step in self._steps() if step not in words))
        ip = self.words.get(Meaning.CONFIRMED_IP) or self.words.get(Meaning.SIGNED_UP_IP)
        return _consent(self._how, "; ".join(part for part in told if part), ip)

    def _steps(self) -> list[str]:
        """What the source noted of how somebody came."""
        steps = []
        for meaning, form, address in _STEPS:
            if meaning in self.words:
                place = self.words.get(address, "") if address else ""
                from_where = f" from {place}" if place else ""
                steps.append(_step(form, self._moment(meaning)) + from_where)
        return steps

    def departure(self, claim: Claim) -> Departure | None:
        """None for who did not leave. Raises BadValue."""
        reason = REASONS.get(claim)
        if reason is None:
            return None
        why = self.words.get(Meaning.WHY)
        source = f"{self._how}: {claim.value}" + (f", {why}" if why else "")
        at = self._moment(Meaning.LEFT) if Meaning.LEFT in self.words else None
        return Departure(reason, source, at)

    def tags(self) -> frozenset[str]:
        """Some sources put quotes around each. Raises BadValue."""
        text = self.words.get(Meaning.TAGS)
        if text is None:
            return NO_TAGS
        words = flattening.words(text, self.source.separator)
        return frozenset(tags.check(word) for word in words if word)

    def language(self) -> str | None:
        """Raises BadValue."""
        text = self.words.get(Meaning.LANGUAGE)
        return None if text is None else languages.tag(text)

    @property
    def _how(self) -> str:
        return f"{HOW} from {self.source.name}" if self.source.told_by else HOW

    def _moment(self, meaning: Meaning) -> dt.datetime:
        return moment(self.headings[meaning], self.words[meaning], self.now)
