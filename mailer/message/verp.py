"""The token of a delivery: in its return path, in ENVID (RFC 3461 §4.4) and in a field of the copy,
so that whichever of them comes back with a report is enough.

A token is base32 (key id, 1 octet · dispatch, 4 · number of the delivery in it, 5 · MAC, 10), in
lower case, since it is a part of an address; relays may turn it into capitals. The MAC keeps
anybody from making up a bounce.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from mailer.errors import TokenInvalid
from mailer.links import Keyring, Purpose

HEADER = "X-Delivery-Token"
_DISPATCH_OCTETS, _SEQ_OCTETS, _MAC_OCTETS = 4, 5, 10
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_TOKEN_OCTETS = 1 + _DISPATCH_OCTETS + _SEQ_OCTETS + _MAC_OCTETS
_SHIFTS = range(8 * _TOKEN_OCTETS - 10, -1, -10)


@dataclass(frozen=True, slots=True)
class DeliveryKey:
    """What names a delivery in the ledger."""

    dispatch_id: int
    seq: int


def token_of(keyring: Keyring, delivery: DeliveryKey) -> str:
    named = delivery.dispatch_id.to_bytes(_DISPATCH_OCTETS, "big")
    named += delivery.seq.to_bytes(_SEQ_OCTETS, "big")
    mac = keyring.mac(_head(keyring.current, named))[:_MAC_OCTETS]
    return _base32(bytes((keyring.current,)) + named + mac)


def read(keyring: Keyring, token: str) -> DeliveryKey:
    """The delivery that a token names, in capitals or not; raises TokenInvalid for one that we did
    not make."""
    try:
        raw = base64.b32decode(token, casefold=True)
    except (binascii.Error, ValueError):
        raw = b""
    named, mac = raw[1:-_MAC_OCTETS], raw[-_MAC_OCTETS:]
    if len(raw) != _TOKEN_OCTETS or not keyring.made(_head(raw[0], named), mac):
        raise TokenInvalid("this token of a delivery was not made by this publication")
    dispatch, seq = named[:_DISPATCH_OCTETS], named[_DISPATCH_OCTETS:]
    return DeliveryKey(int.from_bytes(dispatch, "big"), int.from_bytes(seq, "big"))


def _base32(token: bytes) -> str:
    """RFC 4648 §6 in lower case, two characters at a time: there is one for every copy, and the
    standard library takes twice as long."""
    bits = int.from_bytes(token, "big")
    return "".join([_PAIRS[bits >> shift & 1023] for shift in _SHIFTS])


def _head(key_id: int, named: bytes) -> bytes:
    return bytes((key_id, Purpose.DELIVERY)) + named
