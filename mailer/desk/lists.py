"""A publication's lists: how one is named and known when it is made."""

from __future__ import annotations

import secrets

from mailer.records import Records
from subscribers.model import List


def title_of(name: str) -> str:
    return name.replace("-", " ").capitalize()


def unmanaged_domain() -> str:
    """Where a List-Id may live without a domain of one's own (RFC 2919 §3)."""
    return f"{secrets.token_hex(16)}.localhost"


def create(app: Records, name: str, title: str, domain: str = "") -> List:
    """Its List-Id (RFC 2919) is made here, once, and stays when name, title or URL change."""
    where = domain or f"{app.config.publication.id}.{app.domain}"
    return app.store.create_list(name, title, f"{name}.{where}", app.now())
