"""Attributes: what is known of a person beyond the address, flat text under slot names."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Set
from json.encoder import encode_basestring as _quoted

from subscribers.errors import BadName, BadValue

MAX_CHARACTERS = 10_000
SPACES = "".join(filter(str.isspace, map(chr, range(0x3001))))  # what str.strip takes away
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_ADDRESS = "email"  # a person's address is no attribute

_DAMAGED = "\ufffd"

# C0 but for tab and line ends, DEL, C1, lone surrogates (a terminal's undecodable bytes), and
# the replacement character that a wrong encoding leaves behind.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")


def slot_name(heading: str) -> str:
    """A column's heading as a slot's name: `Prénom (court)` → `prenom_court`; may be empty."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return f"_{name}" if name[:1].isdigit() else name


def check_name(name: str, reserved: Set[str]) -> None:
    """Raises BadName for what cannot be an attribute; `reserved` names are filled by others."""
    if not _NAME.fullmatch(name):
        raise BadName(f"{name!r} cannot name an attribute: use a-z, 0-9 and _, no digit first")
    if name == _ADDRESS or name in reserved:
        raise BadName(f"{name!r} is filled for every copy: choose another name for the attribute")


def is_fit(text: str) -> bool:
    """Whether no part of `text` can be unfit for a value; quick, for a whole row at once."""
    return len(text) <= MAX_CHARACTERS and is_clean(text)


def is_clean(text: str) -> bool:
    """Whether every character is one that a mail can carry; quick, for many rows at once."""
    return (text.isprintable() and _DAMAGED not in text) or _UNFIT.search(text) is None


def check_value(name: str, value: str) -> None:
    """Raises BadValue for text that no mail could carry."""
    if len(value) > MAX_CHARACTERS:
        raise BadValue(
            f"{name}: has {len(value):,} characters and may have {MAX_CHARACTERS:,}: shorten it"
        )
    unfit = _UNFIT.search(value)
    if unfit is None:
        return
    if unfit[0] == "\ufffd" or "\ud800" <= unfit[0] <= "\udfff":
        raise BadValue(f"{name}: holds damaged text: save it as UTF-8")
    raise BadValue(f"{name}: holds the control character U+{ord(unfit[0]):04X}: remove it")


def check(attributes: Mapping[str, str], reserved: Set[str]) -> None:
    for name, value in attributes.items():
        check_name(name, reserved)
        check_value(name, value)


def encoded(attributes: Mapping[str, str]) -> str:
    """As the database has them: what `json.dumps` gives, in half the time, and with the signs that
    PostgreSQL writes, see `by_rank`."""
    return united([member(name, value) for name, value in attributes.items()])


def member(name: str, value: str) -> str:
    """An attribute as it stands among the others."""
    return f"{_quoted(name)}: {_quoted(value)}"


def united(members: Iterable[str]) -> str:
    """Those that `member` gave, as the database has them."""
    return f"{{{', '.join(members)}}}"


def decoded(text: str) -> dict[str, str]:
    """What `encoded` gave, or a database that writes JSON in its own way."""
    found: dict[str, str] = json.loads(text)
    return found


def by_rank(name: str) -> tuple[int, str]:
    """The order in which PostgreSQL keeps the members of an object. Where they are encoded in it,
    the same attributes are the same text on both databases, which is told at a glance."""
    return len(name), name


def check_evidence(text: str) -> None:
    """Raises BadValue for words that prove no consent: none at all, or such as no text holds."""
    if not text.strip():
        raise BadValue("the consent is empty: say where it comes from")
    check_value("the consent", text)
