"""A fraction that looks random and is not: a key has the same one, whoever asks, whenever."""

from __future__ import annotations

import hashlib


def spread(*key: object) -> float:
    """At least 0 and below 1, evenly spread over the keys."""
    text = "\0".join(str(part) for part in key)
    digest = hashlib.blake2b(text.encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") / 2**48
