"""The return path of a copy: an address with a place for the copy's own token (VERP).

A bounce to it says by itself which copy it is about, whatever its text says.
"""

from __future__ import annotations

import re

PLACE = "{token}"
TOKEN_CHARACTERS = 32  # base32, see mailer/message/verp.py
_SEPARATORS = "+=_-"
_DETAIL = "+"  # RFC 5233 §1: what most servers take for a part of the user's own


def with_place(address: str) -> str:
    """`bounces@example.org` → `bounces+{token}@example.org`; one with a place stays as it is."""
    if PLACE in address:
        return address
    local, at, domain = address.rpartition("@")
    return f"{local}{_DETAIL}{PLACE}{at}{domain}"


def filled(template: str, token: str) -> str:
    """A template without a place is the same for every copy."""
    return template.replace(PLACE, token)


def without_token(template: str) -> str:
    """`bounces+{token}@example.org` → `bounces@example.org`: where mail comes that is about no copy
    of its own, such as complaints and what people write."""
    return re.sub(f"[{_SEPARATORS}]?{re.escape(PLACE)}", "", template)


def token_in(template: str, address: str) -> str | None:
    """The token in a return path, whatever relays made of its letters' case; None without one."""
    before, _, after = map(re.escape, template.partition(PLACE))
    found = re.fullmatch(f"{before}([a-z2-7]{{{TOKEN_CHARACTERS}}}){after}", address, re.IGNORECASE)
    return found[1].lower() if found else None
