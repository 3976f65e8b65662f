"""Domains that look mistyped: `gmial.com`. A hint for a person, never a reason to refuse."""

from __future__ import annotations

from functools import lru_cache

# The large providers of mailboxes, and others whose names lie near to theirs: no typing errors.
_PROVIDERS = (
    *("gmail.com", "googlemail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com"),
    *("protonmail.com", "fastmail.com", "t-online.de", "hotmail.co.uk", "yahoo.co.uk", "libero.it"),
    *("freenet.de", "orange.fr", "wanadoo.fr", "laposte.net", "comcast.net", "verizon.net"),
    *("hotmail.fr", "hotmail.de", "yahoo.fr", "yahoo.de", "live.com", "seznam.cz", "yandex.ru"),
)
_REAL = frozenset(
    (
        *_PROVIDERS,
        *(
            "ymail.com",
            "email.com",
            "mail.com",
            "gmx.com",
            "hotmail.es",
            "hotmail.it",
            "hotmail.be",
        ),
        *(
            "yahoo.es",
            "yahoo.it",
            "yahoo.ca",
            "yahoo.in",
            "live.fr",
            "live.de",
            "live.ca",
            "live.it",
        ),
        *("outlook.de", "outlook.fr", "outlook.es", "outlook.it", "yandex.com", "yandex.ua"),
        *(
            "yahoo.co.in",
            "yahoo.co.id",
            "yahoo.co.nz",
            "yahoo.co.jp",
            "googlemail.co.uk",
            "love.com",
        ),
    )
)
_TOPS = {
    "con": "com",
    "cmo": "com",
    "ocm": "com",
    "vom": "com",
    "comm": "com",
    "ner": "net",
    "ogr": "org",
}


@lru_cache(maxsize=50_000)
def meant(domain: str) -> str:
    """The domain that somebody will have meant who wrote this one; "" where it looks right."""
    if domain in _REAL:
        return ""
    name, _, top = domain.rpartition(".")
    if top in _TOPS:
        return f"{name}.{_TOPS[top]}"
    return next((known for known in _PROVIDERS if _is_slip(domain, known)), "")


def _is_slip(written: str, known: str) -> bool:
    """Whether one letter is missing, too much or another, or two have changed places."""
    if abs(len(written) - len(known)) > 1:
        return False
    start = 0
    while start < min(len(written), len(known)) and written[start] == known[start]:
        start += 1
    rest, wanted = written[start:], known[start:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return wanted in (rest[1:], swapped) or rest[1:] == wanted[1:] or rest == wanted[1:]
