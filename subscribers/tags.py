"""Tags: words that an editor, an import or a reader puts on a person. Case makes no difference."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

import sqlalchemy as sa

from subscribers.attributes import check_value
from subscribers.database import insert_missing
from subscribers.errors import BadValue
from subscribers.schema import subscriber_tags, tags

MAX_CHARACTERS = 100
# Persian, Telugu and others write with them, and so do faces of several signs.
_WITHOUT_JOINERS = str.maketrans("", "", "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}")
_SHOWN = 60  # characters of what is no tag
_USED = sa.exists().where(subscriber_tags.c.tag_id == tags.c.id)
_BATCH = 10_000  # ids in one query; SQLite knows 32,766 bound values at most


def check(name: str) -> str:
    """A tag as it is kept, without the white space around it. Raises BadValue."""
    name = unicodedata.normalize("NFC", name.strip())
    check_value("tag", name)
    seen = name.translate(_WITHOUT_JOINERS)
    if not seen or len(name) > MAX_CHARACTERS:
        raise BadValue(f"{name[:_SHOWN]!r} is not a tag: write 1 to {MAX_CHARACTERS} characters")
    if unseen := next((sign for sign in seen if not sign.isprintable()), ""):
        raise BadValue(f"the tag {name[:_SHOWN]!r} holds U+{ord(unseen):04X}, unseen: remove it")
    return name


@lru_cache(maxsize=10_000)
def key(name: str) -> str:
    """Which spellings are one tag."""
    return unicodedata.normalize("NFC", check(name).casefold())


def attach(connection: sa.Connection, people: Mapping[int, Collection[str]]) -> None:
    """Give tags to people, by subscriber id; who has one already keeps it. The first spelling of
    a tag is the one that is shown. Raises BadValue."""
    ids = _made(connection, {name for names in people.values() for name in names})
    rows = [
        {"tag_id": ids[key(name)], "subscriber_id": subscriber_id}
        for subscriber_id, names in sorted(people.items())
        for name in {key(name): name for name in names}
    ]
    if rows:
        connection.execute(insert_missing(connection, subscriber_tags), rows)


def detach(connection: sa.Connection, subscriber_id: int, names: Collection[str]) -> None:
    """Take tags from somebody; those that they do not have are no fault."""
    connection.execute(
        sa.delete(subscriber_tags).where(
            subscriber_tags.c.subscriber_id == subscriber_id,
            subscriber_tags.c.tag_id.in_(of_names(names)),
        )
    )


def drop_unused(connection: sa.Connection) -> None:
    """Tags that nobody has any longer: what they say may be about whoever had them."""
    connection.execute(sa.delete(tags).where(~_USED))


def of(connection: sa.Connection, subscriber_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The tags of each of these people, in order; who has none is left out."""
    found: dict[int, tuple[str, ...]] = {}
    for start in range(0, len(subscriber_ids), _BATCH):
        some = subscriber_ids[start : start + _BATCH]
        found |= _of(connection, subscriber_tags.c.subscriber_id.in_(some))
    return found


def keys_of(connection: sa.Connection, subscriber_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """The keys of the tags of each of these people; who has none is left out."""
    found = of(connection, subscriber_ids)
    return {subscriber_id: frozenset(map(key, names)) for subscriber_id, names in found.items()}


def of_range(connection: sa.Connection, first: int, last: int) -> dict[int, tuple[str, ...]]:
    """The same of everybody whose id lies between these two, or is one of them."""
    return _of(connection, subscriber_tags.c.subscriber_id.between(first, last))


def _of(connection: sa.Connection, whom: sa.ColumnElement[bool]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    query = (
        sa.select(subscriber_tags.c.subscriber_id, tags.c.name)
        .join_from(subscriber_tags, tags)
        .where(whom)
        .order_by(tags.c.key)
    )
    for subscriber_id, name in connection.execute(query):
        found[subscriber_id] = (*found.get(subscriber_id, ()), name)
    return found


def names(connection: sa.Connection) -> dict[str, str]:
    """Every tag that somebody has, by its key."""
    query = sa.select(tags.c.key, tags.c.name).where(_USED)
    return {row.key: row.name for row in connection.execute(query)}


def of_names(names: Collection[str]) -> sa.Select[int]:
    """The ids of these tags, for a query that encloses it. Raises BadValue."""
    return sa.select(tags.c.id).where(tags.c.key.in_([key(name) for name in names]))


def _made(connection: sa.Connection, names: Collection[str]) -> dict[str, int]:
    """The ids of tags by key; those that nobody had yet are made."""
    spelt: dict[str, str] = {}
    for name in sorted(map(check, names)):
        spelt.setdefault(key(name), name)
    if not spelt:
        return {}
    query = sa.select(tags.c.key, tags.c.id).where(tags.c.key.in_(spelt))
    known = {row.key: row.id for row in connection.execute(query)}
    fresh = [{"key": each, "name": name} for each, name in spelt.items() if each not in known]
    if not fresh:
        return known
    connection.execute(insert_missing(connection, tags), fresh)
    return {row.key: row.id for row in connection.execute(query)}
