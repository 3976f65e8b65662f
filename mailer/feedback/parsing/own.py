"""Our own mark on a copy, which comes back with a report: the token in its return path, in ENVID
and in a field. It proves that whoever reports has had the copy, or its envelope, in hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from mailer.errors import TokenInvalid
from mailer.feedback.parsing.addresses import addresses
from mailer.feedback.parsing.opened import Opened
from mailer.links import Keyring
from mailer.message import verp
from mailer.message.verp import DeliveryKey
from mailer.model.return_path import TOKEN_CHARACTERS, token_in

# Where servers write whom a message was delivered to.
_ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_TOKEN = re.compile(rf"(?<![a-z0-9])[a-z2-7]{{{TOKEN_CHARACTERS}}}(?![a-z0-9])", re.IGNORECASE)
_MOST = 500  # that are tried: whoever makes them up keeps nobody busy


@dataclass(frozen=True)
class Marks:
    """`template` is the return path of copies, with a place for the token or without one."""

    keyring: Keyring
    template: str

    def delivery(self, opened: Opened, to: str) -> DeliveryKey | None:
        """The copy that a message is about. `to` is whom it was delivered to, if that is known."""
        for token in islice(self._tokens(opened, to), _MOST):
            try:
                return verp.read(self.keyring, token)
            except TokenInvalid:
                continue
        return None

    def _tokens(self, opened: Opened, to: str) -> Iterator[str]:
        fields = "\n".join([to, *map(opened.header, _ENVELOPE)])
        for address in addresses(fields):
            if token := token_in(self.template, address):
                yield token
        yield from (match[0] for match in _TOKEN.finditer(opened.everything))
