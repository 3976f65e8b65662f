"""Octets → what feedparser makes of them."""

from __future__ import annotations

import io
from typing import Any


def parsed(content: bytes) -> Any:
    """RSS or Atom, broken XML included. A stream is handed over: feedparser would take octets for
    the name of a file first."""
    import feedparser  # type: ignore[import-untyped]  # it ships no types

    return feedparser.parse(io.BytesIO(content), sanitize_html=False, resolve_relative_uris=False)
