"""Erasing a person from the store and the ledger, so that not even the file has them."""

from __future__ import annotations

from dataclasses import dataclass

from mailer.app import App
from mailer.ledger import erasure as ledger
from mailer.ledger.erasure import Owner
from subscribers import erasure as store
from subscribers.address import parse
from subscribers.errors import UnknownSubscriber


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was about somebody. `on_the_way` of the copies were with a relay at that moment."""

    rows: int
    copies: int
    on_the_way: int


def erase(app: App, address_text: str) -> Erased:
    """Erase whoever has this address, all or nothing. Raises BadAddress, ConfigError without a
    pepper, UnknownSubscriber where nothing is known of them."""
    address = parse(address_text)
    with app.database.read() as c:
        who = store.traces(c, address.email, address.key)
        owner = Owner(who.subscriber_id, who.spellings)
        found = ledger.find(c, owner)
    with app.database.write() as c:
        gone = store.erase(c, who, app.fingerprint, app.now())
        if gone is None and not found:
            raise UnknownSubscriber(f"{address.email}: nobody of this address: check its spelling")
        ledger.erase(c, found, owner)
    _erase_latecomers(app, owner)
    app.database.empty_log()
    return Erased(gone or 0, found.copies, found.on_the_way)


def _erase_latecomers(app: App, owner: Owner) -> None:
    """What came in while the tables were looked through, such as a dispatch that began."""
    with app.database.read() as c:
        late = ledger.find(c, owner)
    if late:
        with app.database.write() as c:
            ledger.erase(c, late, owner)
