"""The atoms of a formula: what each is to its neighbours, and the spaces and brackets between them.

After the classes of TeX's own (TeXbook, chapter 17).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from mailer.composer.parsing.tex import symbols
from mailer.model.content import Run

_OPERATORS = frozenset("+−±∓×÷·∗⋆∘∩∪∧∨⊎⊕⊖⊗⊙∖")


class Kind(Enum):
    ORDINARY = auto()
    TYPED = auto()  # with a script that Unicode lacks, as W_q: apart from a letter behind it
    WORD = auto()  # a function or a large sign: apart from what it is applied to
    OPERATOR = auto()  # between two things, else the sign of one
    RELATION = auto()
    OPENING = auto()
    CLOSING = auto()
    PUNCTUATION = auto()
    SPACE = auto()


_THINGS = frozenset({Kind.ORDINARY, Kind.TYPED})
_SIGNS = frozenset({Kind.OPERATOR, Kind.RELATION})


@dataclass(frozen=True, slots=True)
class Atom:
    """`is_product` tells that what stands beside it could be read as a part of it."""

    runs: tuple[Run, ...]
    kind: Kind = Kind.ORDINARY
    is_product: bool = False

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


Row = Sequence[Atom]


def text_of(row: Row) -> str:
    """The text of some atoms without the spaces between them."""
    return "".join(atom.text for atom in row)


def sign(character: str) -> Atom:
    """A letter, a number or a sign, in the letters that TeX sets it in."""
    is_greek = unicodedata.name(character[0], "").startswith("GREEK") and character.islower()
    italic = is_greek or (character.isascii() and character.isalpha())
    return Atom((Run(character, "italic" if italic else "upright"),), _kind(character))


def _kind(character: str) -> Kind:
    category, name = unicodedata.category(character[0]), unicodedata.name(character[0], "")
    if character in _OPERATORS:
        return Kind.OPERATOR
    if character in symbols.ALONE:
        return Kind.WORD if character in symbols.LARGE else Kind.ORDINARY
    if category == "Sm" or "ARROW" in name:
        return Kind.RELATION
    if character in (",", ";", ":"):
        return Kind.PUNCTUATION
    return {"Ps": Kind.OPENING, "Pe": Kind.CLOSING}.get(category, Kind.ORDINARY)


def marked(atom: Atom, mark: str) -> Atom:
    """Each of its letters with a combining mark."""
    runs = (
        replace(run, text=unicodedata.normalize("NFC", "".join(c + mark for c in run.text)))
        for run in atom.runs
    )
    return replace(atom, runs=tuple(runs))


def spaced(row: Row) -> tuple[Run, ...]:
    """The runs of the atoms, with spaces as TeX sets them; a line may end behind a sign only."""
    runs: list[Run] = []
    before: Kind | None = None
    for atom in row:
        kind = atom.kind
        if kind is Kind.OPERATOR and before not in (*_THINGS, Kind.CLOSING):
            kind = Kind.OPENING  # the sign of what follows
        if before and _is_apart(before, kind):
            runs.append(Run("\xa0" if kind in _SIGNS else " "))
        runs += atom.runs
        before = kind
    return tuple(runs)


def _is_apart(before: Kind, after: Kind) -> bool:
    if Kind.SPACE in (before, after) or after is Kind.PUNCTUATION:
        return False
    if before in _SIGNS or after in _SIGNS:
        return True
    if before in (Kind.WORD, Kind.TYPED):
        return after in (*_THINGS, Kind.WORD)
    return after is Kind.WORD and before in (Kind.ORDINARY, Kind.CLOSING)


def as_one(row: Row, is_factor: bool = True) -> tuple[Run, ...]:
    """In brackets where it would not be read as one thing; a product is one where it is not
    itself a factor."""
    is_apart = any(atom.kind in (*_SIGNS, Kind.WORD) for atom in row)
    is_several = len(row) > 1 and (is_factor or is_apart)
    inner = spaced(row)
    if is_several or any(atom.is_product for atom in row):
        return (Run("("), *inner, Run(")"))
    return inner


def merged(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Neighbours in the same kind of letters as one."""
    found: list[Run] = []
    for run in runs:
        if found and found[-1].style == run.style:
            found[-1] = Run(found[-1].text + run.text, run.style)
        else:
            found.append(run)
    return tuple(found)
