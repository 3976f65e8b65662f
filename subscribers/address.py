"""E-mail addresses: what may be one, who is the same person, and how a page shows it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from subscribers.errors import BadAddress

MAX_OCTETS = 254  # RFC 5321 §4.5.3.1.3 less the angle brackets
_MAX_LOCAL = 64  # §4.5.3.1.1
_BLANKS = " \t\N{NO-BREAK SPACE}"  # no line ends: they stand in no address, not even beside it
_SHOWN = 60  # characters of a bad address that a message repeats

# An ASCII address that email-validator accepts as it stands, but for the top-level domains and
# the hyphens that it looks at more closely.
_ATOM = r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*", re.ASCII)
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+({_LABEL})", re.ASCII)
_SPECIAL = frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)


class Address(NamedTuple):
    """`email` is for sending, its case kept; `key` is the identity: the local part case-folded,
    the domain as lower-case A-labels (RFC 5890 §2.3.2.1)."""

    email: str
    key: str


def parse(text: str) -> Address:
    """The address in `text`; blanks around it are ignored. Raises BadAddress saying why not."""
    return plain(text) or _validated(text.strip(_BLANKS))


def plain(text: str) -> Address | None:
    """The fast path, for nearly every address there is; None where a closer look is needed."""
    text = text.strip(_BLANKS)
    local, _, domain = text.partition("@")
    if len(local) > _MAX_LOCAL or len(text) > MAX_OCTETS or not _is_plain(domain):
        return None
    return Address(text, text.lower()) if _LOCAL_PART.fullmatch(local) else None


@lru_cache(maxsize=50_000)
def _is_plain(domain: str) -> bool:
    """Most people have theirs in common with others."""
    match = _DOMAIN.fullmatch(domain)
    if match is None or "--" in domain:
        return False
    top = match[1].lower()
    return top not in _SPECIAL and top[-1].isalpha()


def _validated(text: str) -> Address:
    if len(text) > MAX_OCTETS:
        raise _bad(text, f"it has {len(text):,} characters and may have {MAX_OCTETS}")
    if "\ufffd" in text:
        raise _bad(text, "it was damaged by a wrong encoding")
    try:
        found = validate_email(
            text,
            allow_smtputf8=True,
            strict=True,  # 64 characters before the @, RFC 5321 §4.5.3.1.1
            check_deliverability=False,
            test_environment=True,  # lets .test in, which RFC 6761 §6.2 made for trying things out
        )
    except EmailNotValidError as error:
        raise _bad(text, str(error).rstrip(".")) from error
    # Not `found.local_part`: it loses the case of names such as Info. A domain that is not ASCII
    # is kept in its mapped form, the only one that everybody turns into the same A-labels.
    local, _, domain = text.rpartition("@")
    local = unicodedata.normalize("NFC", local)
    folded = unicodedata.normalize("NFC", local.casefold())
    sent_to = domain if domain.isascii() else found.domain
    return Address(f"{local}@{sent_to}", f"{folded}@{found.ascii_domain.lower()}")


def _bad(text: str, why: str) -> BadAddress:
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return BadAddress(f"{shown!r} is not an address like name@example.org: {why}")


def mask(email: str) -> str:
    """`anne@example.org` → `a…e@example.org`, for a page that a stranger may see."""
    local, at, domain = email.rpartition("@")
    first = local[:1] if len(local) > 1 else ""
    last = local[-1:] if len(local) > 2 else ""
    return f"{first}…{last}{at}{domain}"
