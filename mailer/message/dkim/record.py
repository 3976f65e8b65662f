"""The public half of a key as DNS holds it (RFC 6376 §3.6.1, RFC 8463 §4)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

RSA, ED25519 = "rsa", "ed25519"


def name_of(selector: str, domain: str) -> str:
    """Where the record stands (RFC 6376 §3.6.2.1)."""
    return f"{selector}._domainkey.{domain}"


@dataclass(frozen=True, slots=True)
class Record:
    """`public` is what `p=` holds, decoded: empty for a key that was revoked."""

    kind: str
    public: bytes

    def __str__(self) -> str:
        return f"v=DKIM1; k={self.kind}; p={base64.b64encode(self.public).decode()}"


def read(text: str) -> Record:
    """A record as it was found; raises ValueError, with the reason, where it proves nothing of a
    mail's signature."""
    tags = tags_of(text)
    if tags.get("v", "DKIM1") != "DKIM1":
        raise ValueError("is of another version than DKIM1")
    if "sha256" not in _choices(tags, "h", "sha256"):
        raise ValueError("allows no SHA-256 (h=)")
    if not _choices(tags, "s", "*") & {"*", "email"}:
        raise ValueError("is not for e-mail (s=)")
    try:
        public = base64.b64decode("".join(tags["p"].split()), validate=True)
    except KeyError as error:
        raise ValueError("holds no key (p=)") from error
    except binascii.Error as error:
        raise ValueError("holds a key that is no base64 (p=)") from error
    return Record(tags.get("k", RSA).lower(), public)


def tags_of(text: str) -> dict[str, str]:
    """`v=DKIM1; k=rsa` → its tags (RFC 6376 §3.2); what is none is left out."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}


def _choices(tags: Mapping[str, str], name: str, default: str) -> set[str]:
    return {choice.strip().lower() for choice in tags.get(name, default).split(":")}
