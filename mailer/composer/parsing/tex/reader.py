"""TeX's mathematics → Unicode: `x_i^2 \\in \\mathbb{R}` → xᵢ² ∈ ℝ.

What Unicode has no sign for is written as on a typewriter: d_model, x^(q + 1), (a + b)/c. What has
no such form, a matrix or an unknown command, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from mailer.composer.parsing.tex import symbols
from mailer.composer.parsing.tex.atoms import (
    Atom,
    Kind,
    Row,
    as_one,
    marked,
    merged,
    sign,
    spaced,
    text_of,
)
from mailer.model.content import Run

_TOKEN = re.compile(
    r"\\(?:text|textrm|textit|mathrm|mathit|mathsf|mathtt|operatorname\*?)\s*\{[^{}]*\}"
    r"|\\sqrt\s*\[[^\]{}]*\]|\\(?:left|right)\s*\.|\\(?:[A-Za-z]+|.)"
    r"|[0-9]+(?:\.[0-9]+)*|(?<=[,;:])\s+|\S",
    re.DOTALL,
)
_DEEPEST = 20  # arguments inside each other
_SPACES: Mapping[str, str] = {
    **dict.fromkeys(("~", r"\,", r"\:", r"\;", r"\ "), "\xa0"),
    **dict.fromkeys((r"\quad", r"\qquad"), " "),
}
_NOTHING = frozenset(
    {
        *(r"\!", r"\left", r"\right", r"\big", r"\Big", r"\bigl", r"\bigr", r"\Bigl", r"\Bigr"),
        *(r"\displaystyle", r"\textstyle", r"\limits", r"\nolimits"),
    }
)
_SCRIPTS = ("^", "_", "'")
_ESCAPED = "%$#&_{} "
_TYPED = str.maketrans("-*", "−∗")


class Unwritable(Exception):
    """Its text is the part of the source that cannot be written as Unicode."""


def read(source: str) -> tuple[Run, ...]:
    """What a formula looks like in running text; raises Unwritable."""
    row = _Reader(_TOKEN.findall(source)).whole()
    if not text_of(row).strip():
        raise Unwritable("a formula of nothing")
    return merged(spaced(row))


class _Reader:
    """Reads tokens from left to right, each method a part of TeX's grammar."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = [*tokens, ""]
        self._at = 0
        self._depth = 0

    def whole(self) -> Row:
        row = self._row()
        if self._next:
            raise Unwritable(self._next)
        return row

    @property
    def _next(self) -> str:
        """The token that comes, empty at the end."""
        return self._tokens[self._at]

    def _take(self) -> str:
        token = self._next
        self._at += bool(token)
        return token

    def _row(self) -> Row:
        """Everything up to a closing brace or the end."""
        atoms: list[Atom] = []
        while self._next not in ("", "}"):
            atoms += self._scripted()
        return tuple(atoms)

    def _scripted(self) -> Row:
        """A token or a group, with what is raised and lowered behind it."""
        base = () if self._next in _SCRIPTS else self._argument()
        while self._next in (r"\limits", r"\nolimits"):
            self._take()
        scripts: list[str] = []
        while self._next in _SCRIPTS:
            scripts.append(self._script(self._take()))
        scripts = sorted(filter(None, scripts), key=_is_typed)  # d²_model, not d_model²
        if not scripts:
            return base
        kind = base[0].kind if len(base) == 1 else Kind.ORDINARY
        if kind is Kind.ORDINARY and _is_typed(scripts[-1]):
            kind = Kind.TYPED
        return (Atom((*as_one(base), *map(Run, scripts)), kind),)

    def _script(self, mark: str) -> str:
        if mark == "'":
            return "′"
        row = self._argument()
        text = text_of(row)
        raised = symbols.superscript(text) if mark == "^" else symbols.subscript(text)
        if raised is not None:
            return raised
        is_plain = len(row) == 1 or (mark == "_" and text.isalnum())
        return f"{mark}{text}" if is_plain else f"{mark}({text})"

    def _argument(self) -> Row:
        """A sign, a command with its own arguments, or what is in braces."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unwritable("so many braces")
        is_group = self._next == "{"
        row = self._group() if is_group else self._single(self._take())
        self._depth -= 1
        return row

    def _numeral(self) -> Row:
        r"""The argument of a fraction: without braces a single digit, as in `\frac12`."""
        number = self._next
        if number[:1].isdigit() and len(number) > 1:
            self._tokens[self._at : self._at + 1] = [number[0], number[1:]]
        return self._argument()

    def _group(self) -> Row:
        self._take()
        row = self._row()
        if self._take() != "}":
            raise Unwritable("{")
        return row

    def _single(self, token: str) -> Row:
        if token in _NOTHING or (len(token) > 2 and token.endswith(".")):  # `\left.`
            return ()
        if token in _SPACES or token.isspace():
            return (Atom((Run(_SPACES.get(token, " ")),), Kind.SPACE),)
        if not token.startswith("\\"):
            if token in ("", "&", *_SCRIPTS):
                raise Unwritable(token or "the end of it")
            return (sign(token.translate(_TYPED)),)
        name = re.split(r"[\s*{\[]", token[1:], maxsplit=1)[0] or token[1:]
        command = _COMMANDS.get(name)
        return (command(self, token, name),) if command else (_named(token, name),)

    def _spelt(self, token: str, name: str) -> Atom:
        r"""`\text{if }`, and `\mathrm`, `\operatorname` …, which are words too."""
        text = re.sub(r"\\[ ,:;]", " ", token.partition("{")[2].removesuffix("}"))
        if "\\" in text or not text:
            raise Unwritable(token)
        kind = Kind.WORD if name == "operatorname" else Kind.ORDINARY
        return Atom((Run(text, "italic" if name.endswith("it") else "upright"),), kind)

    def _bold(self, token: str, name: str) -> Atom:
        runs = spaced(self._argument())
        return Atom(tuple(Run(run.text, "bold") for run in runs))

    def _alphabet(self, token: str, name: str) -> Atom:
        text = text_of(self._argument())
        letters = [symbols.in_alphabet(name, letter) for letter in text]
        if None in letters:
            raise Unwritable(f"{token}{{{text}}}")
        return Atom((Run("".join(filter(None, letters))),))

    def _accent(self, token: str, name: str) -> Atom:
        atom = Atom(spaced(self._argument()))
        if len(atom.text) != 1:
            raise Unwritable(f"{token} of more than a letter")
        return marked(atom, symbols.ACCENTS[name])

    def _line(self, token: str, name: str) -> Atom:
        return marked(Atom(spaced(self._argument())), symbols.LINES[name])

    def _not(self, token: str, name: str) -> Atom:
        row = self._argument()
        if len(row) != 1:
            raise Unwritable(token)
        return marked(row[0], "\u0338")

    def _fraction(self, token: str, name: str) -> Atom:
        above, below = self._numeral(), self._numeral()
        if vulgar := symbols.FRACTIONS.get(f"{text_of(above)}/{text_of(below)}"):
            return Atom((Run(vulgar),))
        runs = (*as_one(above, is_factor=False), Run("/"), *as_one(below))
        return Atom(runs, is_product=True)

    def _root(self, token: str, name: str) -> Atom:
        index = token.partition("[")[2].removesuffix("]").strip()
        if index not in symbols.ROOTS:
            raise Unwritable(token)
        return Atom((Run(symbols.ROOTS[index]), *as_one(self._argument())))

    def _modulus(self, token: str, name: str) -> Atom:
        return Atom((Run(" (mod "), *spaced(self._argument()), Run(")")))


_Command = Callable[[_Reader, str, str], Atom]
_COMMANDS: Mapping[str, _Command] = {
    **dict.fromkeys(("text", "textrm", "textit", "mathrm", "mathit"), _Reader._spelt),
    **dict.fromkeys(("mathsf", "mathtt", "operatorname"), _Reader._spelt),
    **dict.fromkeys(("mathbf", "boldsymbol", "bm", "textbf"), _Reader._bold),
    **dict.fromkeys(("frac", "dfrac", "tfrac"), _Reader._fraction),
    **dict.fromkeys(symbols.ALPHABETS, _Reader._alphabet),
    **dict.fromkeys(symbols.ACCENTS, _Reader._accent),
    **dict.fromkeys(symbols.LINES, _Reader._line),
    "not": _Reader._not,
    "sqrt": _Reader._root,
    "pmod": _Reader._modulus,
}


def _named(token: str, name: str) -> Atom:
    """A command without arguments."""
    if name in symbols.FUNCTIONS:
        kind = Kind.OPERATOR if name in ("mod", "bmod") else Kind.WORD
        return Atom((Run(name.removeprefix("b") if name == "bmod" else name),), kind)
    if name in ("|", *_ESCAPED):
        return sign("‖" if name == "|" else name)
    if name not in symbols.signs():
        raise Unwritable(token)
    return sign(symbols.signs()[name])


def _is_typed(script: str) -> bool:
    """Whether it is written as on a typewriter, with its mark."""
    return script[0] in "^_"
