"""Our own mark on a copy, which comes back with a report: the token in its return path, in ENVID
and in a field. It proves that whoever reports has had the copy, or its envelope, in hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from mailer.errors import TokenInvalid
from mailer.feedback.parsing.addresses import addresses
from mailer.feedback.parsing.opened import Opened
from mailer.links import Keyring
from mailer.message import verp
from mailer.message.verp import DeliveryKey
from mailer.model.return_path import TOKEN_CHARACTERS, token_in, without_token

# Where servers write whom a message was delivered to.
_ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_TOKEN = re.compile(rf"(?<![a-z0-9])[a-z2-7]{{{TOKEN_CHARACTERS}}}(?![a-z0-9])", re.IGNORECASE)
_OUR_FIELD = re.compile(rf"^{verp.HEADER}:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_MOST = 500  # that are tried: whoever makes them up keeps nobody busy


@dataclass(frozen=True, slots=True)
class Mark:
    """`forged` is one that stands where ours do and was not made by us."""

    token: str = ""
    delivery: DeliveryKey | None = None
    forged: bool = False


NO_MARK = Mark()


@dataclass(frozen=True)
class Marks:
    """`template` is the return path of copies, with a place for the token or without one."""

    keyring: Keyring
    template: str

    def found(self, opened: Opened, to: str) -> Mark:
        """The mark of the copy that a message is about. `to` is whom it was delivered to, if that
        is known."""
        stated = list(self._in_place(opened, to))
        anywhere = (match[0] for match in _TOKEN.finditer(opened.everything))
        return self._read(stated) or self._read(anywhere) or Mark(forged=bool(stated))

    def stated(self, return_path: str, token: str) -> Mark:
        """The mark of a copy with this return path, or with this token in its header."""
        found = [token_in(self.template, return_path), token]
        tokens = [each for each in found if each]
        return self._read(tokens) or Mark(forged=bool(tokens))

    def owns(self, address: str) -> bool:
        """Whether it is the return path of a copy of ours, or that without a token."""
        token = token_in(self.template, address)
        if token is None:
            return address.lower() == without_token(self.template).lower()
        return self._read([token]) is not None

    def _in_place(self, opened: Opened, to: str) -> Iterator[str]:
        """Those that stand where we put ours."""
        for address in addresses("\n".join([to, *map(opened.header, _ENVELOPE)])):
            if token := token_in(self.template, address):
                yield token
        yield from (match[1].lower() for match in _OUR_FIELD.finditer(opened.returned))

    def _read(self, tokens: Iterable[str]) -> Mark | None:
        for token in islice(tokens, _MOST):
            try:
                return Mark(token.lower(), verp.read(self.keyring, token))
            except TokenInvalid:
                continue
        return None
