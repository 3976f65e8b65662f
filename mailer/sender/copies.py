"""One recipient's copy: the values for its slots and the envelope around it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from functools import lru_cache

from mailer.links import Links
from mailer.message import verp
from mailer.message.dkim.signer import Signer
from mailer.message.stencil import DATE, DELIVERY, MESSAGE_ID, RECIPIENT, Stencil
from mailer.message.variants import Variants
from mailer.message.verp import DeliveryKey
from mailer.model.delivery import Envelope
from mailer.model.mailbox import wire_address
from mailer.model.return_path import filled
from mailer.model.slot import EMAIL, LIST_TITLE, PREFERENCES_URL, UNSUBSCRIBE_URL


@lru_cache(maxsize=2)
def _date(second: dt.datetime) -> str:
    """As a header has it (RFC 5322 §3.3): the same for all copies of a second."""
    return format_datetime(second)


@dataclass(frozen=True)
class CopyMaker:
    """Everything that the copies of one dispatch share. `stencil` is that of variant 0, and of all
    where there are no `variants`. `more` gives values that depend on the reader's attributes and
    variant. `return_path` gets the bounces; it may have
    a place for the copy's token. Without `signer` copies are not signed."""

    dispatch_id: int
    edition_id: int
    stencil: Stencil
    list_title: str
    links: Links
    return_path: str
    domain: str  # of Message-IDs
    clock: Callable[[], dt.datetime]
    signer: Signer | None = None
    variants: Variants | None = None
    more: Callable[[Mapping[str, str], int], Mapping[str, str]] | None = None

    def make(
        self, seq: int, email: str, token: bytes, attributes: Mapping[str, str], variant: int = 0
    ) -> Envelope:
        """The copy of one delivery; raises MissingValue where a slot stays empty."""
        stencil = self.variants.stencil(variant) if variant and self.variants else self.stencil
        address = wire_address(email)
        delivery = verp.token_of(self.links.keyring, DeliveryKey(self.dispatch_id, seq))
        values = {
            **attributes,
            EMAIL: email,
            LIST_TITLE: self.list_title,
            UNSUBSCRIBE_URL: self.links.unsubscribe(token),
            PREFERENCES_URL: self.links.preferences(token),
            DATE: _date(self.clock().replace(microsecond=0)),
            MESSAGE_ID: self.message_id(seq, token),
            RECIPIENT: address,
            DELIVERY: delivery,
        }
        if self.more is not None:
            values |= self.more(attributes, variant)
        return Envelope(
            sender=filled(self.return_path, delivery),
            recipient=address,
            body=self._signed(stencil.personalise(values)),
            smtputf8=not address.isascii(),
            envid=delivery,
        )

    def _signed(self, copy: bytes) -> bytes:
        return copy if self.signer is None else self.signer.sign(copy) + copy

    def message_id(self, seq: int, token: bytes) -> str:
        """The same on every attempt (RFC 5322 §3.6.4), and not to be guessed from a neighbour's."""
        digest = hashlib.sha256(token + b"message-id").hexdigest()[:16]
        return f"{self.dispatch_id}.{seq}.{digest}@{self.domain}"
