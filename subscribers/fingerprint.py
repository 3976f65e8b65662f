"""What stays of an erased address: a keyed hash, by which we know it when it comes again.

Nobody can tell the address from it without the pepper, be it by trying out every address there is.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable

from subscribers.errors import NoPepper
from subscribers.schema import FINGERPRINT_MARK

Fingerprint = Callable[[str], str]  # of an address key


def fingerprints(pepper: bytes) -> Fingerprint:
    """HMAC-SHA256 (RFC 2104) with this pepper, in hexadecimal digits behind the mark."""

    def fingerprint(key: str) -> str:
        return FINGERPRINT_MARK + hmac.digest(pepper, key.encode(), "sha256").hex()

    return fingerprint


def without_pepper(key: str) -> str:
    """Raises NoPepper, always."""
    raise NoPepper("erased addresses cannot be told without a pepper: the store was given none")
