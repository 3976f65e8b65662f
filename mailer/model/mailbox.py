"""Mailboxes as people write them (RFC 5322 §3.4), and domains as machines do."""

from __future__ import annotations

import re

import idna

_NAMED = re.compile(r'\s*"?(?P<name>[^"<>]*?)"?\s*<(?P<address>[^<>]+)>\s*')


def split_mailbox(text: str) -> tuple[str, str]:
    """`Name <local@domain>` or `local@domain` → (display name or "", address)."""
    match = _NAMED.fullmatch(text)
    return (match["name"], match["address"]) if match else ("", text.strip())


def domain_of(text: str) -> str:
    """The domain of a mailbox, in A-labels and lower case; raises ValueError where it has none."""
    return ascii_domain(split_mailbox(text)[1].rpartition("@")[2]).lower()


def ascii_domain(domain: str) -> str:
    """The domain in A-labels (RFC 5890 §2.3.2.1); raises ValueError where it has none."""
    if domain.isascii():
        return domain
    return idna.encode(domain, uts46=True).decode()


def wire_address(address: str) -> str:
    """The address with its domain in A-labels; the local part as it is. Raises ValueError."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{ascii_domain(domain)}"
