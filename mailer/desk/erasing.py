"""Erasing people from the store and the ledger, so that not even the file has them."""

from __future__ import annotations

from collections.abc import Sequence
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


def erase_all(app: Records, addresses: Sequence[Address], still: sa.Select[str, str]) -> int:
    """Erase some people at once, all or nothing: those whose (email, key) `still` gives when it
    comes to that; how many. Raises ConfigError without a pepper."""
    with app.database.read() as c:
        found = ledger.find(c, _owners(store.traces(c, addresses)))
    with app.database.write() as c:
        held = store.hold(c, addresses)
        keys = {row.email_key for row in c.execute(still)}
        people = [who for who in held if who.key in keys]
        if not people:
            return 0
        store.erase(c, people, app.fingerprint, app.now())
        ledger.erase(c, found.of(_owners(people)), _owners(people))
    _erase_latecomers(app, _owners(people))
    return len(people)


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
