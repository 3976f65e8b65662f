"""What a segment takes: SQL gives the answer that its words give."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers import audience, definitions, tags
from subscribers.address import parse as parse_address
from subscribers.admission import Entry
from subscribers.attributes import encoded
from subscribers.errors import BadSegment, BadValue
from subscribers.kinds import AttributeKind
from subscribers.model import Consent, ConsentChange, SuppressionReason
from subscribers.schema import subscribers
from subscribers.segments.expression import (
    And,
    Comparison,
    Expression,
    Fact,
    Not,
    Or,
    Relation,
    Rule,
    Sample,
    Value,
    both,
    either,
    negated,
)
from subscribers.segments.filter import Argument, Knowledge, Scope, filter_of, rank
from subscribers.segments.parsing import parse
from subscribers.store import Store

pytestmark = pytest.mark.both_databases

TEXT, NUMBER, DATE, BOOLEAN, CHOICE = AttributeKind
BERLIN = ZoneInfo("Europe/Berlin")
_PEOPLE = 60
_COUNTRIES, _TAGS = ("DE", "AT", "CH"), ("python", "Rust", "Ünï")
_LANGUAGES = ("de", "de-at", "en")
_NIGHT = dt.datetime(2026, 1, 31, 22, 30, tzinfo=dt.UTC)  # half past eleven in Berlin


@dataclass(frozen=True)
class _Person:
    """What a test knows of somebody on the list."""

    id: int
    attributes: Mapping[str, str]
    tags: frozenset[str]
    language: str | None
    joined: dt.date
    suppressed: bool


@dataclass
class _World:
    store: Store
    list_id: int
    people: list[_Person]
    scope: Scope

    def ids(self, rule: Rule) -> list[int]:
        with self.store.database.read() as connection:
            query = audience.audience(self.list_id, filter_of(rule, self.scope))
            return [row.subscriber_id for row in connection.execute(query)]

    def count(self, rule: Rule) -> int:
        with self.store.database.read() as connection:
            return audience.count(connection, self.list_id, filter_of(rule, self.scope))


def _drawn(chance: random.Random) -> dict[str, str]:
    drawn = {
        "country": chance.choice(_COUNTRIES),
        "city": chance.choice(("Ulm", "Graz", "O'Hara's", "50%")),
        "age": str(chance.randint(1, 6)),
        "born": f"2000-01-0{chance.randint(1, 5)}",
        "vip": chance.choice(("yes", "no")),
    }
    return {name: value for name, value in drawn.items() if chance.random() < 0.8}


def _defined(store: Store, at: dt.datetime) -> None:
    store.define_attribute("country", CHOICE, _COUNTRIES, at)
    store.define_attribute("age", NUMBER, (), at)
    store.define_attribute("born", DATE, (), at)
    store.define_attribute("vip", BOOLEAN, (), at)


@pytest.fixture
def world(store: Store, at: dt.datetime) -> _World:
    """People with some of everything; `city` is not defined, and somebody else is on `weekly`."""
    chance = random.Random(7)  # noqa: S311 - a test's people, the same each time
    _defined(store, at)
    entries = [
        Entry(
            parse_address(f"p{n}@example.org"),
            encoded(_drawn(chance)),
            Consent("form", "yes"),
            ConsentChange.ADDED,
            _NIGHT + dt.timedelta(hours=chance.randint(-30, 30)),
        )
        for n in range(_PEOPLE)
    ]
    store.roster("monthly").admit(entries, at)
    store.roster("weekly").admit(entries[:1], at)
    people = [_known(store, entry, chance, at) for entry in entries]
    odd = [person.id for person in people if person.id % 2]
    facts = {
        "odd": Knowledge(Argument.NONE, lambda _: sa.select(subscribers.c.id).where(_among(odd))),
        "above": Knowledge(Argument.REQUIRED, _above),
    }
    with store.database.read() as connection:
        scope = Scope(definitions.of_all(connection), facts, BERLIN)
    return _World(store, store.list("monthly").id, people, scope)


def _among(ids: Sequence[int]) -> sa.ColumnElement[bool]:
    return subscribers.c.id.in_(ids)


def _above(argument: str | None) -> sa.Select[int]:
    if argument is None or not argument.isdigit():
        raise BadValue(f"{argument} is no number: write digits")
    return sa.select(subscribers.c.id).where(subscribers.c.id > int(argument))


def _known(store: Store, entry: Entry, chance: random.Random, at: dt.datetime) -> _Person:
    """Tags, a language and a suppression for somebody who was added."""
    person = store.show(entry.address.email)
    his = frozenset(tag for tag in _TAGS if chance.random() < 0.4)
    language = chance.choice((*_LANGUAGES, None))
    suppressed = chance.random() < 0.2
    with store.database.write() as connection:
        tags.attach(connection, {person.id: his})
        same = subscribers.c.id == person.id
        connection.execute(sa.update(subscribers).where(same).values(language=language))
    if suppressed:
        scope = chance.choice(("monthly", None))
        store.suppress(entry.address.email, scope, SuppressionReason.BOUNCED, "a test", at)
    assert entry.confirmed_at is not None
    joined = entry.confirmed_at.astimezone(BERLIN).date()
    return _Person(person.id, person.attributes, his, language, joined, suppressed)


# What the words mean, without SQL.


def _holds(expression: Expression, person: _Person) -> bool:
    match expression:
        case Not(part):
            return not _holds(part, person)
        case And(parts):
            return all(_holds(part, person) for part in parts)
        case Or(parts):
            return any(_holds(part, person) for part in parts)
        case Fact("odd"):
            return person.id % 2 == 1
        case Fact(_, argument):
            return person.id > int(argument or 0)
        case Comparison(name, relation, values):
            return _compares(_has(name, person), relation, values)
        case _:
            raise AssertionError(expression)


def _has(name: str, person: _Person) -> list[Any]:
    """What somebody has under a name: nothing, one thing or several."""
    if name == "tag":
        return [tag.casefold() for tag in person.tags]
    if name == "language":
        return [] if person.language is None else [person.language, person.language[:2]]
    if name == "joined":
        return [person.joined]
    value = person.attributes.get(name)
    if value is None:
        return []
    meanings: Mapping[str, Any] = {
        "age": Decimal,
        "born": dt.date.fromisoformat,
        "vip": lambda word: word == "yes",
    }
    return [meanings.get(name, str)(value)]


def _compares(has: list[Any], relation: Relation, values: tuple[Value, ...]) -> bool:
    wanted = [value.casefold() if isinstance(value, str) else value for value in values]
    found = [each.casefold() if isinstance(each, str) else each for each in has]
    match relation:
        case Relation.EQUAL | Relation.AMONG:
            return any(each in wanted for each in found)
        case Relation.UNEQUAL | Relation.NOT_AMONG:
            return not any(each in wanted for each in found)
        case Relation.SET:
            return bool(found)
        case Relation.NOT_SET:
            return not found
        case Relation.BELOW:
            return any(each < wanted[0] for each in found)
        case Relation.AT_MOST:
            return any(each <= wanted[0] for each in found)
        case Relation.ABOVE:
            return any(each > wanted[0] for each in found)
        case _:
            return any(each >= wanted[0] for each in found)


_BY_FIELD: Mapping[str, st.SearchStrategy[Value]] = {
    "country": st.sampled_from(_COUNTRIES),
    "city": st.sampled_from(("Ulm", "Graz", "O'Hara's", "50%", "Nowhere")),
    "age": st.integers(0, 7).map(Decimal),
    "born": st.dates(dt.date(1999, 12, 31), dt.date(2000, 1, 6)),
    "vip": st.booleans(),
    "tag": st.sampled_from((*_TAGS, "PYTHON", "never")),
    "language": st.sampled_from((*_LANGUAGES, "fr")),
    "joined": st.dates(dt.date(2026, 1, 29), dt.date(2026, 2, 3)),
}
_ORDERED = ("age", "born", "joined")


@st.composite
def _comparisons(draw: st.DrawFn) -> Comparison:
    name = draw(st.sampled_from(sorted(_BY_FIELD)))
    one = [Relation.EQUAL, Relation.UNEQUAL]
    orders = [Relation.BELOW, Relation.AT_MOST, Relation.ABOVE, Relation.AT_LEAST]
    relation = draw(st.sampled_from([*one, *(orders if name in _ORDERED else []), *Relation][:12]))
    if relation in orders and name not in _ORDERED:
        relation = Relation.AMONG
    most = {Relation.SET: 0, Relation.NOT_SET: 0, Relation.AMONG: 3, Relation.NOT_AMONG: 3}
    many = most.get(relation, 1)
    values = draw(st.lists(_BY_FIELD[name], min_size=min(1, many), max_size=many))
    return Comparison(name, relation, tuple(values))


_LEAVES: st.SearchStrategy[Expression] = (
    _comparisons() | st.just(Fact("odd", None)) | st.builds(Fact, st.just("above"), st.just("9"))
)
_EXPRESSIONS = st.recursive(
    _LEAVES,
    lambda parts: (
        parts.map(negated)
        | st.lists(parts, min_size=2, max_size=3).map(both)
        | st.lists(parts, min_size=2, max_size=3).map(either)
    ),
    max_leaves=5,
)


# One world for all examples: they only ask.
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(expression=_EXPRESSIONS)
def test_sql_takes_those_of_whom_the_words_hold(world: _World, expression: Expression) -> None:
    rule = Rule(expression, None)
    wanted = [p.id for p in world.people if not p.suppressed and _holds(expression, p)]
    assert world.ids(rule) == wanted
    assert world.count(rule) == len(wanted)


def test_a_sample_of_so_many_is_the_same_each_time_and_another_by_another_seed(
    world: _World,
) -> None:
    first, again, other = (
        world.ids(parse(text)) for text in ("sample 9", "sample 9", 'sample 9 seed "b"')
    )
    assert first == again == sorted(first)
    assert len(first) == 9
    assert first != other
    assert world.count(parse("sample 9")) == 9
    assert world.ids(parse("not odd sample 9")) != first
    assert world.count(parse("sample 999")) == len(world.ids(parse("sample 100%")))


def test_a_larger_share_holds_the_smaller_one(world: _World) -> None:
    tenth, half = (set(world.ids(parse(f"sample {size}%"))) for size in (10, 50))
    assert tenth < half < set(world.ids(parse("sample 100%")))


def test_the_database_ranks_as_we_do(world: _World) -> None:
    rule = Rule(None, Sample(Decimal(7), False, "x"))
    welcome = [person.id for person in world.people if not person.suppressed]
    wanted = sorted(welcome, key=lambda subscriber: rank(subscriber, "x"))[:7]
    assert world.ids(rule) == sorted(wanted)


def test_ranks_are_spread_evenly_and_one_seed_says_nothing_of_another() -> None:
    middle = 2_147_483_579 // 2
    one = [rank(n, "a") < middle for n in range(10_000)]
    two = [rank(n, "b") < middle for n in range(10_000)]
    assert 4_800 < sum(one) < 5_200
    assert 2_350 < sum(one[::2]) < 2_650  # as many among the even ids
    assert 2_350 < sum(a and b for a, b in zip(one, two, strict=True)) < 2_650
    assert len({rank(n, "a") for n in range(10_000)}) == 10_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tag = 5", 'column 1: tag: 5 is no text: write it as "5"'),
        ('odd and age = "5"', 'column 9: age: "5" is no number: write one without quotes'),
        ('born = "2000-01-01"', "born: .* is no date: write one like 2026-01-31"),
        ('vip = "yes"', "vip: .* is neither yes nor no"),
        ('city < "Ulm"', 'city: nothing is above or below "Ulm" here: only numbers and dates'),
        ("vip > no", "vip: nothing is above or below no here"),
        ('tag > "a"', "tag: nothing is above or below"),
        ('language > "a"', "language: nothing is above or below"),
        ('language = "?"', "column 1: language: .* is no language: write its tag, such as de"),
        ('country = "FR"', "column 1: country: 'FR' is not one of: DE, AT, CH"),
        ("joined = 1066-10-14", "joined: 1066-10-14 is no day on which anybody joined"),
        ('joined = "yesterday"', "joined: .* is no date"),
        ("od", "column 1: nothing is known as `od`: did you mean `odd`?"),
        ("clicked", 'nothing is known as `clicked`: write `clicked = "…"`, or one of: above, odd'),
        ("odd = 1", "column 1: `odd` stands alone: compare nothing with it"),
        ('odd "x"', "column 1: `odd` stands alone: take away what follows it"),
        ("above", 'column 1: `above` of what?: write `above "…"`'),
        ('above "x"', "column 1: x is no number: write digits"),
    ],
)
def test_what_means_nothing_is_said_with_its_column(
    store: Store, at: dt.datetime, text: str, said: str
) -> None:
    _defined(store, at)
    nobody = sa.select(subscribers.c.id)
    facts = {
        "odd": Knowledge(Argument.NONE, lambda _: nobody),
        "above": Knowledge(Argument.REQUIRED, _above),
    }
    scope = Scope(store.attributes(), facts)
    with pytest.raises(BadSegment, match=said.replace("?", r"\?")):
        filter_of(parse(text), scope)
