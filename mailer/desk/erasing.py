"""Erasing people from the store and the ledger, so that not even the file has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailer.ledger import erasure as ledger
from mailer.ledger.erasure import Owners
from mailer.records import Records
from subscribers import erasure as store
from subscribers.address import Address, parse
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
    done = erase_all(app, [parse(address_text)])
    app.database.empty_log()
    return done


def erase_all(app: Records, addresses: Sequence[Address]) -> Erased:
    """Erase some people at once, all or nothing; raises what `erase` does."""
    with app.database.read() as c:
        people = [store.traces(c, each.email, each.key) for each in addresses]
        owners = Owners(
            frozenset(who.subscriber_id for who in people if who.subscriber_id is not None),
            frozenset().union(*(who.spellings for who in people)),
        )
        found = ledger.find(c, owners)
    with app.database.write() as c:
        rows = [store.erase(c, who, app.fingerprint, app.now()) for who in people]
        if not found and None in rows:
            unknown = addresses[rows.index(None)].email
            raise UnknownSubscriber(f"{unknown}: nobody of this address: check its spelling")
        ledger.erase(c, found, owners)
    _erase_latecomers(app, owners)
    return Erased(sum(row or 0 for row in rows), found.copies, found.on_the_way)


def _erase_latecomers(app: Records, owners: Owners) -> None:
    """What came in while the tables were looked through, such as a dispatch that began."""
    with app.database.read() as c:
        late = ledger.find(c, owners)
    if late:
        with app.database.write() as c:
            ledger.erase(c, late, owners)
