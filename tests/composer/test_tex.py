"""TeX's mathematics as Unicode in running text."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.composer.parsing.tex.reader import Unwritable, read
from mailer.model.content import Run


def text_of(tex: str) -> str:
    """With plain spaces for those at which no line ends."""
    return "".join(run.text for run in read(tex)).replace("\xa0", " ")


def test_a_line_ends_behind_a_sign_only() -> None:
    """As TeX breaks formulas."""
    assert read("1 + 2 = 3") == (Run("1\xa0+ 2\xa0= 3"),)


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        # scripts
        ("x_i^2", "xᵢ²"),
        ("10^{-3}", "10⁻³"),
        ("2^10", "2¹⁰"),
        (r"\mathbf{x}^\top A^T", "xᵀAᵀ"),
        (r"90^\circ", "90°"),
        ("f''(x)", "f′′(x)"),
        ("x^* + {}^2", "x* + ²"),
        ("d_{\\text{model}}^2", "d²_model"),
        ("W_q x_{ab} y^{q+1} e^{i\\pi}", "W_q x_ab y^(q+1) e^(iπ)"),
        (r"\nabla_\theta J", "∇_θ J"),
        ("{ab}^2", "(ab)²"),
        # letters and words
        (r"\alpha\Delta\varphi\phi", "αΔφϕ"),
        (r"\mathbb{R}\mathcal L\mathfrak{gA}\mathbb{1}", "ℝℒ𝔤𝔄𝟙"),
        (r"\text{if } x > 0", "if x > 0"),
        (r"\operatorname{arg\,max}(z)", "arg max(z)"),
        (r"O(n\log n)", "O(n log n)"),
        (r"\log_2 n, \max(0,x)", "log₂ n, max(0,x)"),
        (r"\hat y\bar{x}\vec{v}", "ŷx̄v⃗"),
        (r"\overline{AB}", "A̅B̅"),
        # signs and the spaces around them
        (r"a+b\leq-c", "a + b ≤ −c"),
        (r"x\in\{0,1\}", "x ∈ {0,1}"),
        (r"f\colon A\to B", "f:A → B"),
        ("f: A, B", "f: A, B"),
        (r"p(x\mid y)", "p(x ∣ y)"),
        (r"\lVert x\rVert_2\|y\|", "‖x‖₂‖y‖"),
        (r"\sum_{i=1}^{n}x_i", "∑ᵢ₌₁ⁿ xᵢ"),
        (r"\sum\limits_i x", "∑ᵢ x"),
        (r"\int_0^1 f\,dx\quad y", "∫₀¹ f dx y"),
        (r"\left(x\right.\bigl)\!y", "(x)y"),
        (r"a\not=b\not\in c", "a ≠ b ∉ c"),
        (r"x\bmod 2\equiv 1\pmod n", "x mod 2 ≡ 1 (mod n)"),
        (r"5\%\,\$\&\#\_", "5% $&#_"),
        ("3:1 n! |x|", "3:1n!|x|"),
        # fractions and roots
        (r"\frac{1}{2}\frac12", "½½"),
        (r"\frac12x", "½x"),
        (r"\frac{a+b}{2c}", "(a + b)/(2c)"),
        (r"\dfrac{2x}{y}", "2x/y"),
        (r"\frac{\frac ab}c", "(a/b)/c"),
        (r"\frac{\sin x}x", "(sin x)/x"),
        (r"\sqrt2\sqrt{x+1}\sqrt[3]{y}", "√2√(x + 1)∛y"),
        ("é 你 ≤", "é你 ≤"),
    ],
)
def test_a_formula_reads_as_one_would_type_it(tex: str, text: str) -> None:
    """In Unicode where it has the sign, else with `_`, `^` and brackets."""
    assert text_of(tex) == text


def test_letters_are_those_that_tex_sets() -> None:
    """Variables slanted, numbers, signs and words upright, vectors bold."""
    assert read(r"\mathbf{x}_1 = \theta + 2y \text{ or } \mathit{loss} \log z \Delta") == (
        Run("x", "bold"),
        Run("₁\xa0= "),
        Run("θ", "italic"),
        Run("\xa0+ 2"),
        Run("y", "italic"),
        Run(" or "),
        Run("loss", "italic"),
        Run(" log "),
        Run("z", "italic"),
        Run("Δ"),
    )


@pytest.mark.parametrize(
    ("tex", "part"),
    [
        (r"\begin{pmatrix} a & b \end{pmatrix}", r"\begin"),
        (r"x + \nosuch{y}", r"\nosuch"),
        ("a & b", "&"),
        (r"a \\ b", r"\\"),
        ("{x", "{"),
        ("x}", "}"),
        ("x^", "the end of it"),
        ("x^_y", "_"),
        ("x^^2", "^"),
        ("{" * 3000, "so many braces"),
        (r"\sqrt" * 3000, "so many braces"),
        (r"\hat{xy}", r"\hat of more than a letter"),
        (r"\mathbb{+}", r"\mathbb{+}"),
        (r"\text{\bf x}", r"\text{\bf x}"),
        (r"\sqrt[n]{x}", r"\sqrt[n]"),
        (r"\not{ab}", r"\not"),
        (r"\.", r"\."),
        (r"\,", "a formula of nothing"),
        ("{}", "a formula of nothing"),
    ],
)
def test_what_has_no_form_in_running_text_is_named(tex: str, part: str) -> None:
    with pytest.raises(Unwritable) as caught:
        read(tex)
    assert str(caught.value) == part


PARTS = (
    r"\frac|\sqrt|\sqrt[3]|\text{a b}|\hat|\left.|\right|\not|\sum|\limits|\mathbb|\mathbf|\pmod|"
    r"\log|\pm|\in|\,|\%|{|}|^|_|'|x|12|3.4| |, |:|=|+|-|(|)|[|]|&|\\|~|é|你|\nosuch|\ "
)
TEX = st.lists(st.sampled_from(PARTS.split("|")), max_size=30).map("".join)


@given(st.one_of(TEX, st.text()))
def test_anything_is_either_text_or_refused(tex: str) -> None:
    """With something to be seen, and nothing of TeX's marks left but what was typed as text."""
    with suppress(Unwritable):
        assert text_of(tex).strip()
        assert all(a.style != b.style for a, b in zip(read(tex), read(tex)[1:], strict=False))
