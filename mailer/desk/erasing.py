"""Erasing people from the store and the ledger, so that not even the file has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import sqlalchemy as sa

from mailer.ledger import erasure as ledger
from mailer.ledger.erasure import Owners
from mailer.records import Records
from subscribers import erasure as store
from subscribers.address import Address, parse
from subscribers.erasure import Traces
from subscribers.errors import UnknownSubscriber

_AT_ONCE = 200  # people, in one transaction

Still = Callable[[Sequence[Address]], sa.Select[str, str]]  # (email, key) of some of them


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was about somebody. `on_the_way` of the copies were with a relay at that moment."""

    rows: int
    copies: int
    on_the_way: int


def erase(app: Records, address_text: str) -> Erased:
    """Erase whoever has this address. Raises BadAddress, ConfigError without a pepper, and
    UnknownSubscriber where nothing is known of them."""
    address = parse(address_text)
    with app.database.read() as c:
        found = ledger.find(c, _owners(store.traces(c, [address])))
    with app.database.write() as c:
        people = store.hold(c, [address])
        rows = store.erase(c, people, app.fingerprint, app.now())
        if not found and rows is None:
            raise UnknownSubscriber(f"{address.email}: nobody of this address: check its spelling")
        ledger.erase(c, found, _owners(people))
    _erase_latecomers(app, _owners(people))
    app.database.empty_log()
    return Erased(rows or 0, found.copies, found.on_the_way)


def erase_all(app: Records, addresses: Sequence[Address], still: Still) -> int:
    """Erase some thousand people in short transactions, those whom `still` gives when it comes to
    that; how many. The ledger is looked through once for all. Raises ConfigError without a
    pepper."""
    with app.database.read() as c:
        found = ledger.find(c, _owners(store.traces(c, addresses)))
    gone: list[Traces] = []
    for first in range(0, len(addresses), _AT_ONCE):
        with app.database.write() as c:
            people = _held(c, addresses[first : first + _AT_ONCE], still)
            if people:
                gone += people
                store.erase(c, people, app.fingerprint, app.now())
                ledger.erase(c, found.of(_owners(people)), _owners(people))
    if gone:
        _erase_latecomers(app, _owners(gone))
    return len(gone)


def _held(c: sa.Connection, addresses: Sequence[Address], still: Still) -> list[Traces]:
    """Those of them who are still to be erased."""
    held = store.hold(c, addresses)
    keys = {row.email_key for row in c.execute(still(addresses))}
    return [who for who in held if who.key in keys]


def _owners(people: Sequence[Traces]) -> Owners:
    return Owners(
        frozenset(who.subscriber_id for who in people if who.subscriber_id is not None),
        frozenset(chain.from_iterable(who.spellings for who in people)),
    )


def _erase_latecomers(app: Records, owners: Owners) -> None:
    """What came in while the tables were looked through, such as a dispatch that began."""
    with app.database.read() as c:
        late = ledger.find(c, owners)
    if late:
        with app.database.write() as c:
            ledger.erase(c, late, owners)
