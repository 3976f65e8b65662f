"""What a suppression names: an address by its key, a domain with its `@` before it, or an erased
address by its fingerprint."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

import sqlalchemy as sa

from subscribers.address import Address, parse
from subscribers.database import among
from subscribers.errors import BadAddress, WasErased
from subscribers.fingerprint import Fingerprint
from subscribers.schema import DOMAIN_MARK, IS_DOMAIN, IS_FINGERPRINT, suppressions

_SHOWN = 60  # characters of a bad domain that a message repeats


def subject(text: str) -> str:
    """What a suppression of `anna@example.org`, or of all of `@example.org`, names. Raises
    BadAddress."""
    text = text.strip()
    if text.startswith(DOMAIN_MARK):
        try:
            return _domain(parse(f"postmaster{text}").key)
        except BadAddress:
            raise BadAddress(f"{text[:_SHOWN]!r} is not a domain like @example.org") from None
    return parse(text).key


def known_as(connection: sa.Connection, name: str, fingerprint: Fingerprint) -> str:
    """The name under which a suppression of it stands: of who was erased, the fingerprint."""
    if name.startswith(DOMAIN_MARK):
        return name
    return marks_of(connection, [name], fingerprint).get(name, name)


def require_not_erased(
    connection: sa.Connection, address: Address, fingerprint: Fingerprint
) -> None:
    """Raises WasErased."""
    if known_as(connection, address.key, fingerprint) != address.key:
        raise WasErased(
            f"{address.email}: was erased: only they themselves can come back, or whoever lifts "
            "the suppression"
        )


def marks_of(
    connection: sa.Connection, keys: Collection[str], fingerprint: Fingerprint
) -> Mapping[str, str]:
    """The fingerprints under which something stands, by address key. At most 10,000 keys."""
    if not some_fingerprint(connection):
        return {}
    marks = {fingerprint(key): key for key in keys}
    query = sa.select(suppressions.c.email_key).where(
        among(connection, suppressions.c.email_key, marks.keys())
    )
    return {marks[mark]: mark for mark in connection.scalars(query)}


def names(
    connection: sa.Connection, keys: Iterable[str], fingerprint: Fingerprint
) -> Mapping[str, tuple[str, ...]]:
    """All that may stand for an address in a suppression, by address key: fingerprints, and
    domains, only where there are any to compare with."""
    kinds: list[Callable[[str], str]] = [str]
    if _any(connection, IS_DOMAIN):
        kinds.append(_domain)
    if some_fingerprint(connection):
        kinds.append(fingerprint)
    keys = tuple(keys)
    each = zip(*(map(kind, keys) for kind in kinds), strict=True)
    return dict(zip(keys, each, strict=True))


def some_fingerprint(connection: sa.Connection) -> bool:
    """Whether anybody was erased, as far as suppressions tell."""
    return _any(connection, IS_FINGERPRINT)


def _any(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> bool:
    query = sa.select(suppressions.c.id).where(condition).limit(1)
    return connection.scalar(query) is not None


def _domain(key: str) -> str:
    return key[key.rindex(DOMAIN_MARK) :]
