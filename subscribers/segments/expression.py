"""What a segment says, as a tree. `str()` of a tree is text that parses to the same tree."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

Value = str | Decimal | dt.date | bool


class Relation(StrEnum):
    EQUAL = "="
    UNEQUAL = "!="
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="
    AMONG = "in"
    NOT_AMONG = "not in"
    SET = "is set"
    NOT_SET = "is not set"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field beside values: one, or several after `in`, or none after `is set`. Columns count
    characters of the text, from 1."""

    field: str
    relation: Relation
    values: tuple[Value, ...]
    column: int = dataclasses.field(default=1, compare=False)

    def __str__(self) -> str:
        if not self.values:
            return f"{self.field} {self.relation}"
        written = ", ".join(map(literal, self.values))
        several = self.relation in (Relation.AMONG, Relation.NOT_AMONG)
        return f"{self.field} {self.relation} {f'({written})' if several else written}"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that another part of the product knows of people: `received "2021-01"`."""

    name: str
    argument: str | None
    column: int = dataclasses.field(default=1, compare=False)

    def __str__(self) -> str:
        return self.name if self.argument is None else f"{self.name} {literal(self.argument)}"


@dataclass(frozen=True, slots=True)
class Not:
    part: Expression

    def __str__(self) -> str:
        bare = isinstance(self.part, Comparison | Fact)
        return f"not {self.part}" if bare else f"not ({self.part})"


@dataclass(frozen=True, slots=True)
class And:
    """At least two parts, none of them an And."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        written = (f"({part})" if isinstance(part, Or) else str(part) for part in self.parts)
        return " and ".join(written)


@dataclass(frozen=True, slots=True)
class Or:
    """At least two parts, none of them an Or."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.parts))


Expression = Comparison | Fact | Not | And | Or


@dataclass(frozen=True, slots=True)
class Sample:
    """So many people, or so many per cent of them; the same ones each time for one `seed`."""

    size: Decimal
    per_cent: bool
    seed: str

    def __str__(self) -> str:
        seed = f" seed {literal(self.seed)}" if self.seed else ""
        return f"sample {self.size}{'%' * self.per_cent}{seed}"


@dataclass(frozen=True, slots=True)
class Rule:
    """The whole text of a segment: whom it takes (None: everybody), and a sample of those."""

    expression: Expression | None
    sample: Sample | None

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.expression, self.sample) if part is not None)


def negated(part: Expression) -> Expression:
    return part.part if isinstance(part, Not) else Not(part)


def both(parts: list[Expression]) -> Expression:
    flat = [each for part in parts for each in (part.parts if isinstance(part, And) else (part,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def either(parts: list[Expression]) -> Expression:
    flat = [each for part in parts for each in (part.parts if isinstance(part, Or) else (part,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def leaves(expression: Expression) -> Iterator[Comparison | Fact]:
    """In the order in which they are written."""
    match expression:
        case Not(part):
            yield from leaves(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case _:
            yield expression


def depth(expression: Expression) -> int:
    match expression:
        case Not(part):
            return 1 + depth(part)
        case And(parts) | Or(parts):
            return 1 + max(map(depth, parts))
        case _:
            return 1


def literal(value: Value) -> str:
    """As the language writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return value.isoformat() if isinstance(value, dt.date) else f"{value:f}"
