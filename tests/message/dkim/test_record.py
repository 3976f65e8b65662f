"""The record of a key in DNS, as we write it and as others may."""

from __future__ import annotations

import pytest
import signing

from mailer.message.dkim import record
from mailer.message.dkim.record import Record


def test_what_we_write_is_read_back() -> None:
    """Both kinds; white space inside the key is none of it."""
    for key in (signing.rsa_key(), signing.ed25519_key()):
        text = str(key.record)
        assert text.startswith(f"v=DKIM1; k={key.kind}; p=")
        assert record.read(text) == key.record
        assert record.read(text[:60] + " " + text[60:] + " ;") == key.record


def test_what_is_left_out_has_its_default() -> None:
    """RSA, any hash, any service (RFC 6376 §3.6.1)."""
    assert record.read("p=AAAA") == Record("rsa", bytes(3))
    assert record.read("k=ed25519; h=sha1:sha256; s=email; p=AAAA; t=s; n=a note") == Record(
        "ed25519", bytes(3)
    )


def test_a_revoked_key_is_empty() -> None:
    assert record.read("v=DKIM1; p=") == Record("rsa", b"")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("v=spf1 -all", "another version"),
        ("v=DKIM1; h=sha1; p=AAAA", "no SHA-256"),
        ("v=DKIM1; s=tlsrpt; p=AAAA", "not for e-mail"),
        ("v=DKIM1", "no key"),
        ("hello", "no key"),
        ("v=DKIM1; p=A*A", "no base64"),
    ],
)
def test_a_record_that_proves_nothing_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        record.read(text)


def test_its_name() -> None:
    """RFC 6376 §3.6.2.1."""
    assert record.name_of("2021", "example.org") == "2021._domainkey.example.org"
