"""Addresses in what reports say."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LOCAL = r'(?:"[^"\n]{1,64}"|[\w.!#$%&\'*+/=?^`{|}~-]{1,64})'
ADDRESS = re.compile(rf"{_LOCAL}@[\w-]+(?:\.[\w-]+)+")
_MACHINES = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|majordomo|abuse)@", re.IGNORECASE)


def addresses(text: str) -> Iterator[str]:
    """Those in a text, in their order, each once whatever its case."""
    seen = set()
    for match in ADDRESS.finditer(text):
        address = match[0].removeprefix("mailto:")
        if address.lower() not in seen:
            seen.add(address.lower())
            yield address


def first(text: str) -> str:
    return next(addresses(text), "")


def is_machine(address: str) -> bool:
    """Whether nobody can be meant by it but a mail system."""
    return bool(_MACHINES.match(address))
