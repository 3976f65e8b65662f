"""Keys that sign for tests, and a look-up that has their records, as dkimpy wants it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import cache

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mailer.message.dkim.key import Key
from mailer.message.dkim.record import name_of
from mailer.message.dkim.signer import Signer

DOMAIN = "example.org"
NOON = dt.datetime(2021, 1, 31, 12, 0, tzinfo=dt.UTC)


@cache
def rsa_key(selector: str = "2021-rsa", bits: int = 2048) -> Key:
    """The same in one run, another in the next."""
    return Key(selector, rsa.generate_private_key(public_exponent=65537, key_size=bits))


def ed25519_key(selector: str = "2021-ed25519", seed: bytes = b"k" * 32) -> Key:
    """The same in every run."""
    return Key(selector, Ed25519PrivateKey.from_private_bytes(seed))


def signer(*keys: Key) -> Signer:
    return Signer(DOMAIN, keys or (rsa_key(), ed25519_key()), lambda: NOON)


def records_of(signer: Signer) -> dict[str, str]:
    """What DNS holds for its keys, by name."""
    return {name_of(key.selector, signer.domain): str(key.record) for key in signer.keys}


def field_of(copy: bytes, name: str) -> bytes:
    """The whole field of that name, folds and all."""
    found = re.search(rb"(?<=\r\n)%b: ?(?:.|\r\n )*\r\n" % name.encode(), b"\r\n" + copy)
    assert found is not None
    return found[0]


def changed(field: bytes) -> bytes:
    """With another last letter."""
    return field[:-3] + b"!\r\n"


def verified(signed: bytes, by: Signer) -> list[bool]:
    """What dkimpy says of each signature, from the top."""
    return [_verified(signed, number, records_of(by)) for number in range(len(by.keys))]


def _verified(signed: bytes, number: int, records: dict[str, str]) -> bool:
    try:
        return bool(dkim.DKIM(signed).verify(idx=number, dnsfunc=_lookup(records)))
    except dkim.ValidationError:
        return False


def _lookup(records: dict[str, str]) -> Callable[..., bytes]:
    def answer(name: bytes, timeout: int = 0) -> bytes:  # dkimpy names the argument
        return records[name.decode().rstrip(".")].encode()

    return answer
