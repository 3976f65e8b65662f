"""What TeX's commands are in Unicode: letters, signs, alphabets, accents, scripts, fractions.

The names are those of LaTeX and amsmath.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache

_GREEK = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lamda mu nu xi omicron pi rho sigma tau
upsilon chi psi omega
"""
_SIGNS = r"""
lambda λ Lambda Λ phi ϕ varphi φ Phi Φ varepsilon ε vartheta ϑ varpi ϖ varrho ϱ varsigma ς
leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ equiv ≡ approx ≈ sim ∼ simeq ≃ cong ≅ propto ∝ asymp ≍ doteq ≐
ll ≪ gg ≫ lesssim ≲ gtrsim ≳ prec ≺ succ ≻ preceq ⪯ succeq ⪰ coloneqq ≔ triangleq ≜ models ⊨ vdash ⊢
subset ⊂ subseteq ⊆ supset ⊃ supseteq ⊇ in ∈ notin ∉ ni ∋ mid ∣ parallel ∥ perp ⟂
to → rightarrow → leftarrow ← gets ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔
implies ⟹ iff ⟺ mapsto ↦ longrightarrow ⟶ longmapsto ⟼ hookrightarrow ↪ uparrow ↑ downarrow ↓
times × cdot · div ÷ pm ± mp ∓ ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ ominus ⊖ otimes ⊗ odot ⊙
cap ∩ cup ∪ uplus ⊎ setminus ∖ wedge ∧ land ∧ vee ∨ lor ∨ therefore ∴ because ∵
sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ oint ∮ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂
partial ∂ nabla ∇ infty ∞ forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬ emptyset ∅ varnothing ∅
top ⊤ bot ⊥ angle ∠ triangle △ square □ blacksquare ■ checkmark ✓ dagger † ddagger ‡ degree °
ell ℓ hbar ℏ Re ℜ Im ℑ wp ℘ aleph ℵ prime ′ backslash \ dots … dotsc … ldots … dotsb ⋯ cdots ⋯
langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ lbrace { rbrace } lbrack [ rbrack ] colon :
vert | lvert | rvert | Vert ‖ lVert ‖ rVert ‖
"""
FUNCTIONS = frozenset(
    {
        *("arccos", "arcsin", "arctan", "arg", "argmax", "argmin", "cos", "cosh", "cot", "deg"),
        *("det", "dim", "exp", "gcd", "hom", "inf", "ker", "lg", "lim", "liminf", "limsup", "ln"),
        *("log", "max", "min", "mod", "bmod", "Pr", "sin", "sinh", "sup", "tan", "tanh"),
    }
)
ALPHABETS: Mapping[str, tuple[str, ...]] = {
    "mathbb": ("DOUBLE-STRUCK", "MATHEMATICAL DOUBLE-STRUCK"),
    "mathcal": ("SCRIPT", "MATHEMATICAL SCRIPT"),
    "mathscr": ("SCRIPT", "MATHEMATICAL SCRIPT"),
    "mathfrak": ("BLACK-LETTER", "MATHEMATICAL FRAKTUR"),
}
ACCENTS: Mapping[str, str] = {
    **{"hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303"},
    **{"bar": "\u0304", "dot": "\u0307", "ddot": "\u0308", "check": "\u030c", "breve": "\u0306"},
    **{"acute": "\u0301", "grave": "\u0300", "vec": "\u20d7"},
}
LINES: Mapping[str, str] = {"overline": "\u0305", "underline": "\u0332"}  # of any length
ROOTS: Mapping[str, str] = {"": "√", "2": "√", "3": "∛", "4": "∜"}
FRACTIONS: Mapping[str, str] = {
    **{"1/2": "½", "1/3": "⅓", "2/3": "⅔", "1/4": "¼", "3/4": "¾", "1/5": "⅕", "1/8": "⅛"}
}
LARGE = frozenset("∑∏∐∫∬∮⋃⋂⨁⨂")
# Of Unicode's category Sm, and yet no sign between two things.
ALONE = frozenset("∂∇∞∀∃∄¬⊤⊥|√∠△℘") | LARGE
_SUPERSCRIPTS = str.maketrans(
    "0123456789+−=()′∗*∘°†⊤Tabcdefghijklmnoprstuvwxyz",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾′**°°†ᵀᵀᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ",
)
_SUBSCRIPTS = str.maketrans("0123456789+−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")


@cache
def signs() -> Mapping[str, str]:
    """The sign or Greek letter of a command, by its name."""
    words = _SIGNS.split()
    found = dict(zip(words[::2], words[1::2], strict=True))
    for name in _GREEK.split():
        found[name] = unicodedata.lookup(f"GREEK SMALL LETTER {name}")
        found[name.capitalize()] = unicodedata.lookup(f"GREEK CAPITAL LETTER {name}")
    return found


def in_alphabet(command: str, letter: str) -> str | None:
    """A letter or digit as `mathbb`, `mathcal` … draw it; None where Unicode has none."""
    name = unicodedata.name(letter, "").removeprefix("LATIN ").replace("LETTER ", "")
    for alphabet in ALPHABETS[command]:
        try:
            return unicodedata.lookup(f"{alphabet} {name}")
        except KeyError:
            continue
    return None


def superscript(text: str) -> str | None:
    """None where Unicode lacks one of its characters as a superscript."""
    return _raised(text, _SUPERSCRIPTS)


def subscript(text: str) -> str | None:
    """None where Unicode lacks one of its characters as a subscript."""
    return _raised(text, _SUBSCRIPTS)


def _raised(text: str, table: Mapping[int, int]) -> str | None:
    return text.translate(table) if all(ord(character) in table for character in text) else None
