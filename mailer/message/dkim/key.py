"""A private key that signs, under its selector (RFC 6376 §3.1)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from mailer.message.dkim.record import ED25519, RSA, Record

_SHORTEST, _LONGEST = 2048, 4096  # bits of an RSA key: RFC 8301 §3.2, RFC 6376 §3.3.3


@dataclass(frozen=True, slots=True)
class Key:
    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    @property
    def kind(self) -> str:
        """As the tags `k=` and, with its hash, `a=` have it."""
        return RSA if isinstance(self.private, RSAPrivateKey) else ED25519

    @property
    def record(self) -> Record:
        """What the world must find under the selector to believe our signatures."""
        public = self.private.public_key()
        if self.kind == RSA:
            form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        else:
            form = Encoding.Raw, PublicFormat.Raw
        return Record(self.kind, public.public_bytes(*form))

    def sign(self, octets: bytes) -> bytes:
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(octets, PKCS1v15(), hashes.SHA256())
        return self.private.sign(hashlib.sha256(octets).digest())  # RFC 8463 §3


def key_from_pem(selector: str, pem: str) -> Key:
    """Raises ValueError, with what is wrong, for a key that we cannot or should not sign with."""
    try:
        private = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("is not a private key in PEM without a password") from error
    if isinstance(private, Ed25519PrivateKey):
        return Key(selector, private)
    if not isinstance(private, RSAPrivateKey):
        raise ValueError("is neither an RSA nor an Ed25519 key")
    if not _SHORTEST <= private.key_size <= _LONGEST:
        raise ValueError(
            f"has {private.key_size:,} bits: RSA keys of {_SHORTEST:,} to {_LONGEST:,} are "
            "verified everywhere"
        )
    return Key(selector, private)
