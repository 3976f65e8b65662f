"""Whether a request is a person's or a machine's: scanners and prefetchers follow every link of a
mail before anybody reads it. Pure, and never certain."""

from __future__ import annotations

import re
from collections.abc import Mapping

_AGENTS = re.compile(
    r"bot\b|crawl|spider|scan|prefetch|preview|proxy|monitor|check|headless|python|curl|wget|java/"
    r"|okhttp|go-http|libwww|axios|barracuda|proofpoint|mimecast|symantec|fireeye|trend ?micro"
    r"|safelinks|zscaler|forcepoint|sophos|cisco|ironport|bitdefender|slack|teams|whatsapp|skype",
    re.IGNORECASE,
)
_BARE = re.compile(r"\s*(mozilla/[\d.]+)?\s*", re.IGNORECASE)  # Apple's relay names no browser


def is_robot(method: str, headers: Mapping[str, str]) -> bool:
    """By what it says of itself (header names in lower case)."""
    agent = headers.get("user-agent", "")
    early = " ".join(headers.get(name, "") for name in ("purpose", "sec-purpose", "x-moz"))
    return (
        method != "GET"
        or "prefetch" in early
        or _BARE.fullmatch(agent) is not None
        or _AGENTS.search(agent) is not None
        or not headers.get("accept-language")
    )
