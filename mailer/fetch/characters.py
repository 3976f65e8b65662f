"""Octets → text, where the server, the page and the octets need not agree."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PROLOGUE = 1024  # octets in which a page says its own (WHATWG HTML, "determining the encoding")
_OWN_WORD = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_MEANT = {"ascii": "cp1252", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
# Of Python's codecs those that no page is written in; some take very long.
_NO_CHARSETS = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"}
)
_UNREADABLE = "\ufffd"


def decoded(content: bytes, declared: str = "") -> str:
    """The text of a page: by its mark, by the charset that its server declares, by its own word,
    else UTF-8 or, where it is not that, Windows-1252. Where a declared one does not fit, the next
    is tried."""
    for mark, charset in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(charset, "replace")
    for charset in (*_declared(content, declared), "utf-8"):
        try:
            return content.decode(charset)
        except ValueError:
            continue
    return _guessed(content)


def _declared(content: bytes, declared: str) -> Iterator[str]:
    own = _OWN_WORD.search(content[:_PROLOGUE])
    for name in (declared, own[1].decode("ascii") if own else ""):
        try:
            charset = codecs.lookup(name.strip().strip("\"'")).name
        except (LookupError, ValueError):
            continue
        if charset not in _NO_CHARSETS and _is_of_text(charset):
            yield _MEANT.get(charset, charset)


def _is_of_text(charset: str) -> bool:
    try:
        b"ab".decode(charset)
    except LookupError:  # `rot13`, `zip`
        return False
    except ValueError:
        pass
    return True


def _guessed(content: bytes) -> str:
    """UTF-8 with a few spoilt characters, or else what most pages without a charset are in."""
    text = content.decode("utf-8", "replace")
    spoilt = text.count(_UNREADABLE)
    strange = sum(character > "\x7f" for character in text)
    return text if strange > 2 * spoilt else content.decode("cp1252", "replace")
