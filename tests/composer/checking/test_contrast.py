"""Whether the theme's texts can be read in the publication's colours."""

from __future__ import annotations

import dataclasses

import pytest
import theming
from checked import FINE, findings

from mailer.composer import colour
from mailer.composer.checking.contrast import Pair, pairs
from mailer.composer.html.theme import Palette
from mailer.model.finding import Finding


def checked(light: dict[str, str], dark: dict[str, str] | None = None) -> list[Finding]:
    theme = theming.digest()
    context = dataclasses.replace(FINE, theme=theme, palette=theme.repainted(light, dark or {}))
    return [f for f in findings("## I\nText", context) if f.rule == "contrast"]


@pytest.mark.parametrize("name", theming.THEMES)
@pytest.mark.parametrize("look", [({}, {}), theming.WARM, theming.COOL])
def test_our_themes_can_be_read(name: str, look: tuple[dict[str, str], dict[str, str]]) -> None:
    """In their own colours and in those of the examples: light, dark and inverted."""
    theme = theming.theme_named(name)
    context = dataclasses.replace(FINE, theme=theme, palette=theme.repainted(*look))
    assert findings("## I\nText", context) == ()


def test_pairs_are_what_the_rules_bring_together() -> None:
    """The text on every background that has no text colour of its own; else on its own, or on
    that of what its selector says it stands in."""
    css = """
        body, .canvas { background: var(--canvas); color: var(--ink) }
        .sheet { background-color: var(--paper) }
        .mast { background: var(--mast); color: var(--on_mast) }
        .mast a { color: var(--shine) } .sheet .x b { color: var(--deep) }
        a { color: var(--accent); border-color: var(--line) }
        .k { color: var(--paper) !important; background: var(--accent) }
        @media print { a { color: var(--ink); background: var(--line) } }
        p { color: inherit }
    """
    assert set(pairs(css)) == {
        Pair("ink", "canvas"),
        Pair("ink", "paper"),
        Pair("on_mast", "mast"),
        Pair("shine", "mast"),
        Pair("deep", "paper"),
        Pair("accent", "canvas"),
        Pair("accent", "paper"),
        Pair("paper", "accent"),
    }


def test_a_theme_that_sets_no_text_colour_still_has_pairs() -> None:
    """What is not set is the client's own."""
    assert set(pairs(".sheet{background:var(--paper)} a{color:var(--accent)}")) == {
        Pair("accent", "paper")
    }
    assert list(pairs("a{color:var(--accent)}")) == []


def test_a_pale_text_is_named_with_its_ratio_and_a_better_colour() -> None:
    """On the background on which it is worst; the proposal passes on all of them."""
    (finding,) = checked({"muted": "#9aa5ab"})
    assert (str(finding.where), str(finding.severity)) == ("mailer.toml", "warning")
    assert finding.message == (
        "look.light: muted #9aa5ab on canvas #dfe7ea has a contrast of 2.0 to 1, and text needs 4.5"
    )
    better = finding.mend.split('"')[1]
    assert finding.mend == f'write muted = "{better}" below [look.light]'
    assert checked({"muted": better}) == []


def test_dark_colours_are_looked_at_too() -> None:
    """Each mode by itself."""
    (finding,) = checked({}, {"ink": "#303030"})
    assert finding.message.startswith("look.dark: ink #303030 on ")


def test_what_only_inversion_spoils_is_said_so() -> None:
    """Dark on magenta is read well as it is, and badly where an app turns it over."""
    (finding,) = checked({"on_mast": "#221b3d", "mast": "#ec0bfd"})
    assert colour.contrast("#221b3d", "#ec0bfd") >= 4.5
    assert "has a contrast of 1.8 to 1 where an app inverts it" in finding.message


def test_no_proposal_where_no_colour_would_do() -> None:
    """A text on black and white paper at once."""
    palette = Palette(
        {**FINE.palette.light, "paper": "#000000", "canvas": "#ffffff"}, FINE.palette.dark
    )
    found = [
        f
        for f in findings("## I\nText", dataclasses.replace(FINE, palette=palette))
        if "ink" in f.message
    ]
    assert found[0].mend == "move ink and paper further apart"
