"""Before the first copy leaves: one pass over the whole audience.

Every reader must have a value for every slot; the longest copies and a sample are joined and looked
at as the bytes that they would be. The audience is read page by page, so that neither memory nor a
read transaction grows with it.
"""

from __future__ import annotations

import heapq
import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from mailer.app import App
from mailer.desk import sending
from mailer.errors import IssueRefused
from mailer.message import inspection
from mailer.message.stencil import ListHeader, MissingValue
from mailer.model.audience import MOST, WHOLE
from mailer.model.command import command
from mailer.model.counted import number
from mailer.model.edition import Edition, PictureFile
from mailer.model.slot import RESERVED_SLOTS, Slot, is_blank
from subscribers.audience import Audience, Page, Use, lengths, pages

LONGEST = 100  # copies
SAMPLE = 1_000  # copies
_TOLD = 5  # faults that are told
_NOBODY = bytes(16)  # a token whose links are as long as anybody's

Told = Callable[[int], None]


def require_keys(app: App) -> None:
    """Raises ConfigError where the keys of links or signatures are missing or none."""
    _ = app.links, app.signer


@dataclass(frozen=True, slots=True)
class Mailing:
    """What is about to be sent, and to whom; the audience has `count` readers."""

    edition: Edition
    pictures: Sequence[PictureFile]
    header: ListHeader
    audience: Audience
    count: int

    def slots(self) -> list[Slot]:
        """Those that readers fill, as often as they stand in the message."""
        found = (slot for each in self.edition.every for slot in each.written_slots())
        return [slot for slot in found if slot.name not in RESERVED_SLOTS]

    def required(self) -> list[str]:
        """The names of those that have no default."""
        return sorted({slot.name for slot in self.slots() if slot.default is None})


@dataclass(frozen=True, slots=True)
class Proof:
    """All `readers` have a value for every slot; `joined` copies of them were looked at, of which
    the largest has so many `octets`."""

    readers: int
    joined: int
    octets: int


def prove(app: App, mailing: Mailing, told: Told = lambda _readers: None) -> Proof:
    """Raises IssueRefused, naming what is wrong and a reader. `told` gets the number of readers
    of each page."""
    chosen = _Chosen(_positions(mailing))
    missing = _Missing(mailing.required())
    for page in pages(app.database, lengths(mailing.audience, _uses(mailing))):
        chosen.take(page)
        missing.take(app, [subscription for subscription, octets in page if octets is None])
        told(len(page))
    missing.refuse_any()
    sizes = _joined(app, mailing, chosen.subscriptions)
    return Proof(chosen.readers, len(sizes), max(sizes, default=0))


def _uses(mailing: Mailing) -> list[Use]:
    return [
        Use(slot.name, times, None if slot.default is None else len(slot.default.encode()))
        for slot, times in Counter(mailing.slots()).items()
    ]


def _positions(mailing: Mailing) -> list[int]:
    """Where in the audience the sample stands: for one edition and audience always the same."""
    seed = int(mailing.edition.content_hash, 16)
    chance = random.Random(seed)  # noqa: S311 - a choice that can be repeated, no secret
    return sorted(chance.sample(range(mailing.count), min(SAMPLE, mailing.count)))


@dataclass
class _Chosen:
    """Whose copies are joined: the longest so far, and the sample's at their `positions`."""

    positions: list[int]
    readers: int = 0
    longest: list[tuple[int, int]] = field(default_factory=list)  # octets, subscription
    sample: list[int] = field(default_factory=list)

    def take(self, page: Page) -> None:
        sized = [(octets or 0, subscription) for subscription, octets in page]
        self.longest = heapq.nlargest(LONGEST, [*self.longest, *sized])
        end = self.readers + len(page)
        here = self.positions[self._before(self.readers) : self._before(end)]
        self.sample += [page[position - self.readers][0] for position in here]
        self.readers = end

    def _before(self, position: int) -> int:
        return bisect_left(self.positions, position)

    @property
    def subscriptions(self) -> list[int]:
        return sorted({*self.sample, *(subscription for _, subscription in self.longest)})


@dataclass
class _Missing:
    """Readers without a value for a slot of these names: how many, and one of them."""

    names: list[str]
    count: Counter[str] = field(default_factory=Counter)
    example: dict[str, str] = field(default_factory=dict)

    def take(self, app: App, subscriptions: Sequence[int]) -> None:
        if not subscriptions:
            return
        with app.database.read() as c:
            for _, email, attributes in c.execute(app.store.recipients(subscriptions)):
                for name in self.names:
                    if is_blank(attributes.get(name, "")):
                        self.count[name] += 1
                        self.example.setdefault(name, email)

    def refuse_any(self) -> None:
        if self.count:
            raise IssueRefused("\n".join(self._line(name) for name in self.count))

    def _line(self, name: str) -> str:
        count = self.count[name]
        readers = number(count, "reader has", "readers have")
        return (
            f"slot {{{{ {name} }}}}: {readers} no value for it ({self.example[name]}): give it a "
            f'default, {{{{ {name} | default("…") }}}}, or mend its spelling'
        )


def _joined(app: App, mailing: Mailing, subscriptions: Sequence[int]) -> list[int]:
    """The octets of these readers' copies, each joined and inspected."""
    faults: dict[str, str] = {}
    sizes: list[int] = []
    names: tuple[str, ...] = ()
    for email, copy in _copies(app, mailing, subscriptions):
        for fault in inspection.faults(copy):
            faults.setdefault(fault, email)
        names = names or inspection.header_names(copy)
        if names != inspection.header_names(copy):
            faults.setdefault("has other headers than the rest", email)
        sizes.append(len(copy))
    if faults:
        raise IssueRefused("\n".join(_fault(*each) for each in list(faults.items())[:_TOLD]))
    return sizes


def _copies(
    app: App, mailing: Mailing, subscriptions: Sequence[int]
) -> Iterator[tuple[str, bytes]]:
    maker = sending.maker_of(app, 0, 0, mailing.edition, mailing.header, mailing.pictures)
    # In every language, with the blocks of every audience: nobody's copy is larger.
    largest = [WHOLE | place << MOST for place, _ in enumerate(mailing.edition.every)]
    with app.database.read() as c:
        query = app.store.recipients(subscriptions, with_sign_up=maker.more is not None)
        people = c.execute(query).all()
    for seq, (_, email, attributes) in enumerate(people, start=1):
        with suppress(MissingValue):  # gone since the pass: when it is sent, that copy fails
            for variant in largest:
                yield email, maker.make(seq, email, _NOBODY, attributes, variant).body


def _fault(fault: str, email: str) -> str:
    return (
        f"the copy of {email} {fault}: nothing was sent: {command('subscriber', 'show', email)} "
        "tells what is filled in"
    )
