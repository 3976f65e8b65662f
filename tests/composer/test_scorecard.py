"""The rows of docs/scorecard.md that need neither a browser nor another program. What `make
scorecard` measures beside other tools is held here for our own themes."""

from __future__ import annotations

import editions
import pytest
import theming
from peers import reference
from scoring import GOALS, SUPPORTED, overhead, weight

from mailer.composer.checking import support
from mailer.composer.compose import compose

every_theme = pytest.mark.parametrize("theme", theming.THEMES)


@every_theme
def test_the_reference_digest_is_light(theme: str) -> None:
    """A client clips a long message, and markup is what makes it long."""
    size, each, share = GOALS[theme]
    whole = html_of("reference", theme)
    empty = reference.without_items(reference.issue())
    frame_alone = theming.shown(compose(empty, theming.theme_named(theme), reference.FRAME).html)
    assert weight(whole).size <= size
    assert overhead(whole, frame_alone, 12) <= each
    assert weight(whole).share >= share


def test_the_reference_digest_is_what_it_claims_to_be() -> None:
    """Twelve items, six pictures, and as many words as the goals were set for."""
    html = html_of("reference", "letter")
    assert sum(1 for _ in reference.issue().items()) == 12
    assert html.count("<img") == len(reference.PICTURES) == 6
    assert 7_000 <= weight(html).text <= 7_700


@pytest.mark.parametrize("name", ["reference", "2020-10", "2021-01", "arabic"])
@every_theme
def test_the_base_layer_keeps_to_what_clients_support(theme: str, name: str) -> None:
    assert support.share(html_of(name, theme)) >= SUPPORTED


def html_of(name: str, theme: str) -> str:
    return theming.shown(editions.edition(theme, name).html)
