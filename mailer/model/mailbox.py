"""Mailboxes as people write them (RFC 5322 §3.4): `Name <local@domain>` or `local@domain`."""

from __future__ import annotations

import re

_NAMED = re.compile(r'\s*"?(?P<name>[^"<>]*?)"?\s*<(?P<address>[^<>]+)>\s*')


def split_mailbox(text: str) -> tuple[str, str]:
    """(display name or "", address)."""
    match = _NAMED.fullmatch(text)
    return (match["name"], match["address"]) if match else ("", text.strip())
