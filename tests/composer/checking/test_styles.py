"""The `<style>` of the message."""

from __future__ import annotations

import dataclasses

import pytest
import theming
from checked import FINE, findings

from mailer.composer.checking.check import check
from mailer.composer.compose import compose


def checked(*parts: str) -> list[str]:
    html = "".join(f"<style data-premailer='ignore'>{part}</style>" for part in parts)
    found = findings("## I\nText", dataclasses.replace(FINE, html=(html,)))
    return [f"{f.rule}: {f.message}" for f in found]


@pytest.mark.parametrize(
    ("css", "said"),
    [
        ("p{margin:0}", []),
        ("@media (min-width:9px){p{margin:0!important}}", []),
        ("@font-face{src:url(x),url(y)}a,b{c:d}", []),
        ("/* x */p{}", ["a comment stands in it"]),
        ("p{margin:0 !important}", ["a space stands before !important"]),
        ("@media print,screen{p{}}", ["`@media print,screen` has a comma"]),
        ("@media print{@supports (x:y){p{}}}", ["`@supports (x:y)` stands in another @-rule"]),
        ("@media print{p{}}@media screen{p{}}", []),
    ],
)
def test_what_makes_clients_drop_rules_is_a_warning(css: str, said: list[str]) -> None:
    """In any of the sheets; the theme is named."""
    expected = [f"style-hazard: the <style> of theme digest: {each}" for each in said]
    assert checked("b{}", css) == expected


def test_sheets_that_gmail_would_drop_are_a_warning() -> None:
    """Together, in bytes."""
    assert checked("x" * 8_000, "y" * 8_000) == []
    (said,) = checked("x" * 8_000, "é" * 4_001)
    assert said.startswith("style-size: theme digest has 16,002 bytes")


@pytest.mark.parametrize("name", theming.THEMES)
def test_our_themes_have_none(name: str) -> None:
    """As they are sent."""
    issue, theme = theming.everything(), theming.theme_named(name)
    html = compose(issue, theme, theming.frame()).html
    context = dataclasses.replace(FINE, html=html)
    assert [f for f in check(issue, context) if f.rule.startswith("style")] == []
