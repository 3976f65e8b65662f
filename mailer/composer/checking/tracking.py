"""Parameters of an address that serve those who count clicks, and no reader."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_NAMES = frozenset(
    {
        *("_hsenc", "_hsmi", "_openstat", "cmpid", "dclid", "fb_action_ids", "fb_source"),
        *("fbclid", "gad_source", "gbraid", "gclid", "gclsrc", "igsh", "igshid", "li_fat_id"),
        *("mkt_tok", "ml_subscriber", "ml_subscriber_hash", "msclkid", "ncid", "oly_anon_id"),
        *("oly_enc_id", "ref_src", "ref_url", "rb_clickid", "s_cid", "s_kwcid", "srsltid", "trk"),
        *("trkcampaign", "trkinfo", "ttclid", "twclid", "vero_conv", "vero_id", "wbraid"),
        *("wickedid", "yclid", "ysclid"),
    }
)
_FAMILIES = ("utm_", "mc_", "hsa_", "mtm_", "pk_", "matomo_", "__hs", "at_custom")
# Names that mean something else on other hosts.
_ONLY_ON = {"si": re.compile(r"(?:^|\.)(?:youtube\.com|youtu\.be|spotify\.com)$")}


def parameters(address: str) -> list[str]:
    """The names of the tracking parameters in the query of an address, each once."""
    host, query = _parts(address)
    names = (piece.partition("=")[0] for piece in query.split("&"))
    return list(dict.fromkeys(name for name in names if _tracks(name, host)))


def without(address: str) -> str:
    """The address without them, otherwise as it was written."""
    host, query = _parts(address)
    kept = [piece for piece in query.split("&") if not _tracks(piece.partition("=")[0], host)]
    return address.replace(f"?{query}", f"?{'&'.join(kept)}" if kept else "", 1)


def _parts(address: str) -> tuple[str, str]:
    """Host and query, both empty where it is no address of the web."""
    try:
        parts = urlsplit(address)
    except ValueError:  # `https://[`
        return "", ""
    return (parts.hostname or "", parts.query) if parts.scheme in ("http", "https") else ("", "")


def _tracks(name: str, host: str) -> bool:
    name = name.lower()
    if name in _ONLY_ON:
        return bool(_ONLY_ON[name].search(host))
    return name in _NAMES or name.startswith(_FAMILIES)
