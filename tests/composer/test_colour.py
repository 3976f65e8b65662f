"""Contrast, inversion, and the nearest colour that can be read."""

from __future__ import annotations

import colours
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.composer import colour

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def parts(text: str) -> list[int]:
    return [int(text[i : i + 2], 16) for i in (1, 3, 5)]


@given(COLOURS, COLOURS)
def test_contrast_is_that_of_wcag(one: str, other: str) -> None:
    """By a second way to count it; the order does not matter."""
    expected = colours.contrast(parts(one), parts(other))
    assert colour.contrast(one, other) == pytest.approx(expected)
    assert colour.contrast(other, one) == pytest.approx(expected)


def test_black_on_white_is_the_most() -> None:
    """WCAG's own examples of the ends."""
    assert colour.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colour.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("before", "after"),
    [("#ffffff", "#000000"), ("#000000", "#ffffff"), ("#808080", "#7f7f7f")],
)
def test_inversion_turns_light_over(before: str, after: str) -> None:
    """Greys become their opposites."""
    assert colour.inverted(before) == after


def test_inversion_keeps_the_hue() -> None:
    """A dark blue becomes a light blue."""
    red, green, blue = parts(colour.inverted("#1d4f91"))
    assert blue > green > red
    assert red + green + blue > 255


@given(COLOURS, COLOURS)
def test_the_nearest_colour_fits(one: str, paper: str) -> None:
    """Black or white always does, where nothing else is asked."""
    found = colour.nearest(one, lambda c: colour.contrast(c, paper) >= 4.5)
    assert found is not None
    assert colour.contrast(found, paper) >= 4.5


def test_the_nearest_colour_is_near() -> None:
    """A step less would not do; where nothing fits, there is none."""
    found = colour.nearest("#888888", lambda c: colour.contrast(c, "#ffffff") >= 4.5)
    assert found == "#767676"
    assert colour.nearest("#888888", lambda _: False) is None
