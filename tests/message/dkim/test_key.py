"""Keys are read from PEM; one that would not be believed is refused."""

from __future__ import annotations

import pytest
import signing
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from mailer.message.dkim.key import Key, key_from_pem


def pem_of(private: object, encryption: KeySerializationEncryption | None = None) -> str:
    protected = encryption or NoEncryption()
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protected).decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("key", [signing.rsa_key("s"), signing.ed25519_key("s")])
def test_a_key_is_read_from_pem(key: Key) -> None:
    """Under its selector, with the record that proves it."""
    found = key_from_pem("s", pem_of(key.private))
    assert (found.selector, found.kind, found.record) == ("s", key.kind, key.record)


@pytest.mark.parametrize(
    ("pem", "reason"),
    [
        ("", "is not a private key"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "is not a private key"),
        (
            pem_of(signing.ed25519_key().private, BestAvailableEncryption(b"secret")),
            "without a password",
        ),
        (pem_of(ec.generate_private_key(ec.SECP256R1())), "neither an RSA nor an Ed25519 key"),
        (pem_of(signing.rsa_key(bits=1024).private), "has 1,024 bits"),
    ],
)
def test_another_key_is_refused(pem: str, reason: str) -> None:
    """No key at all, one under a password, of another kind, or too weak."""
    with pytest.raises(ValueError, match=reason):
        key_from_pem("s", pem)


def test_a_key_does_not_show_itself() -> None:
    """Not in a traceback either."""
    assert "private" not in repr(signing.ed25519_key())
