"""`[dkim]`: by which keys copies are signed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, SecretStr

from mailer.config.values import Table, shaped
from mailer.model.mailbox import ascii_domain

SELECTOR = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"  # one label of a name in DNS
_HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?")


def _domain(text: str) -> str:
    """In A-labels and lower case."""
    try:
        domain = ascii_domain(text).lower()
    except ValueError as error:
        raise ValueError(f"is not a domain: {text!r}: {error}") from error
    if not _HOST.fullmatch(domain):
        raise ValueError(f"is not a domain such as example.org: {text!r}")
    return domain


Domain = Annotated[str, AfterValidator(_domain)]
Selector = Annotated[str, shaped(SELECTOR, "is no selector such as 2026-rsa")]


class DkimKey(Table):
    pem: SecretStr


class Dkim(Table):
    """`selectors` sign, in this order; `keys` may hold more: not yet or no longer in use."""

    domain: Domain | None = None
    selectors: tuple[Selector, ...] = ()
    keys: Mapping[Selector, DkimKey] = {}
