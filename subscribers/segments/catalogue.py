"""The segments that an editor has saved, and who is in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import ModuleType

import sqlalchemy as sa

from subscribers import audience, definitions, lists, people, tags
from subscribers.database import Database, insert_one
from subscribers.errors import AlreadyThere, BadSegment, UnknownSegment
from subscribers.model import Segment
from subscribers.schema import segments
from subscribers.segments.expression import Comparison, Rule, leaves, literal
from subscribers.segments.filter import NAMES, Filter, Knowledge, Scope, filter_of


@dataclass(frozen=True, slots=True)
class Segments:
    """`facts` are what other parts of the product know of people, `timezone` is that of dates."""

    database: Database
    facts: Mapping[str, Knowledge]
    timezone: dt.tzinfo

    def save(self, name: str, expression: str, replace: bool, at: dt.datetime) -> Segment:
        """Raises BadName, BadSegment, and AlreadyThere unless it is to `replace` what has that
        name."""
        segment = self.draft(name, expression, at)
        with self.database.write() as connection:
            _save(connection, segment, replace)
        return segment

    def draft(self, name: str, expression: str, at: dt.datetime) -> Segment:
        """What `save` would save. Raises BadName, BadSegment."""
        lists.check_name(name, "segment")
        rule = _parsing().parse(expression)
        with self.database.read() as connection:
            self._check(connection, rule)
        return Segment(name, str(rule), at)

    def drop(self, name: str) -> None:
        """Forget it; its readers stay as they are."""
        with self.database.write() as connection:
            connection.execute(sa.delete(segments).where(segments.c.name == name))

    def named(self, name: str) -> Segment:
        """Raises UnknownSegment, which names those that there are."""
        known = {segment.name: segment for segment in self.all()}
        if name not in known:
            hint = f"choose one of: {', '.join(known)}" if known else "create it: there is none yet"
            raise UnknownSegment(f"there is no segment {name!r}: {hint}")
        return known[name]

    def all(self) -> tuple[Segment, ...]:
        """By name."""
        with self.database.read() as connection:
            rows = connection.execute(sa.select(segments).order_by(segments.c.name)).all()
        return tuple(Segment(row.name, row.expression, row.created_at) for row in rows)

    def filter(self, name: str) -> Filter:
        """Raises UnknownSegment, and BadSegment where what it says means nothing any more."""
        rule = _parsing().read(self.named(name).expression)
        with self.database.read() as connection:
            return filter_of(rule, self._scope(connection))

    def count(self, expression: str, list_id: int) -> int:
        """How many of those who are welcome to a mail of this list are in it. Raises BadSegment."""
        rule = _parsing().parse(expression)
        with self.database.read() as connection:
            self._check(connection, rule)
            return audience.count(connection, list_id, filter_of(rule, self._scope(connection)))

    def remarks(self, expression: str) -> tuple[str, ...]:
        """On tags that nobody has: they may be still to come, or slips. Raises BadSegment."""
        rule = _parsing().parse(expression)
        named = [] if rule.expression is None else leaves(rule.expression)
        asked = [leaf for leaf in named if isinstance(leaf, Comparison) and leaf.field == "tag"]
        with self.database.read() as connection:
            known = tags.names(connection) if asked else {}
        return tuple(
            f"column {leaf.column}: nobody has the tag {literal(value)}{_meant(value, known)}"
            for leaf in asked
            for value in leaf.values
            if isinstance(value, str) and tags.key(value) not in known
        )

    def of_person(self, subscriber_id: int, list_id: int, among: Sequence[str]) -> frozenset[str]:
        """In which of these segments somebody is who is welcome to a mail of this list; names of
        segments that there are not are left out."""
        known = {segment.name for segment in self.all()}
        names = [name for name in among if name in known]
        parts = audience.Parts([self.filter(name) for name in names], ())
        people = audience.audience(list_id, None, parts).subquery()
        query = sa.select(people.c.audiences).where(people.c.subscriber_id == subscriber_id)
        with self.database.read() as connection:
            bits = connection.scalar(query) or 0
        return frozenset(name for bit, name in enumerate(names) if bits >> bit & 1)

    def _scope(self, connection: sa.Connection) -> Scope:
        return Scope(definitions.of_all(connection), self.facts, self.timezone)

    def _check(self, connection: sa.Connection, rule: Rule) -> None:
        """Raises BadSegment for what means nothing, and for an attribute that nobody has."""
        scope = self._scope(connection)
        filter_of(rule, scope)
        named = [] if rule.expression is None else leaves(rule.expression)
        used = {leaf.field: leaf for leaf in named if isinstance(leaf, Comparison)}
        wanted = used.keys() - NAMES - scope.definitions.keys()
        known = people.attribute_names(connection, wanted) if wanted else None
        if known is None:
            return
        for name in sorted(wanted - known):
            close = get_close_matches(name, known | scope.definitions.keys() | NAMES, 1)
            mend = f"did you mean `{close[0]}`?" if close else "mend its spelling"
            raise BadSegment(used[name].column, f"nobody has an attribute `{name}`", mend)


def _meant(tag: str, known: Mapping[str, str]) -> str:
    """`known` are names by key."""
    close = get_close_matches(tags.key(tag), known, 1)
    return f": did you mean {literal(known[close[0]])}?" if close else ""


def _save(connection: sa.Connection, segment: Segment, replace: bool) -> None:
    values = {
        "name": segment.name,
        "expression": segment.expression,
        "created_at": segment.created_at,
    }
    if insert_one(connection, segments, values):
        return
    if not replace:
        raise AlreadyThere(f"there is a segment {segment.name!r} already: add --replace, or use it")
    same = segments.c.name == segment.name
    connection.execute(sa.update(segments).where(same).values(values))


def _parsing() -> ModuleType:
    """The grammar is loaded for whoever has a segment, and not with every command."""
    from subscribers.segments import parsing

    return parsing
