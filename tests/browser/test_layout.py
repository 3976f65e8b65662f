"""How an edition looks in Chromium, measured: width, contrast, pictures, sizes of text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import css_inline
import editions
import pytest
import theming
import viewing
from colours import background
from playwright.sync_api import Browser, Page

from mailer.composer.html import inliner, stylesheet

pytestmark = pytest.mark.browser

_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
# Every property of every element, a line each; as one text, as what `viewing` sees.
_COMPUTED = """() => {
  const names = [...getComputedStyle(document.body)];
  return [...document.body.querySelectorAll('*')].map(element => {
    const style = getComputedStyle(element);
    return [element.tagName, ...names.map(name => name + ':' + style.getPropertyValue(name))];
  }).flat().join('\\n');
}"""


def document(theme: str, name: str, form: str) -> str:
    """`mail`, `bare` (a client that drops every <style>) or `page`."""
    if form == "page":
        return editions.edition(theme, name).page
    html = theming.shown(editions.edition(theme, name).html)
    return _STYLE.sub("", html) if form == "bare" else html


def visit(html: str, look: Callable[[Page], Any]) -> Callable[[Browser], Any]:
    return viewing.visit(html, editions.pictures(), look)


_seen: dict[str, dict[str, Any]] = {}


def views(chromium: Any, html: str) -> dict[str, Any]:
    """What there is to see at every width, light and dark; each document is looked at once."""
    if html not in _seen:
        _seen[html] = chromium.run(visit(html, lambda page: dict(viewing.each_view(page))))
    return _seen[html]


every_theme = pytest.mark.parametrize("theme", theming.THEMES)
every_form = pytest.mark.parametrize(
    ("theme", "name", "form"),
    [
        pytest.param(theme, name, form, marks=pytest.mark.xdist_group(f"{theme} {name} {form}"))
        for theme in theming.THEMES
        for name in editions.ISSUES
        for form in ("mail", "bare", "page")
    ],
)


@every_form
def test_nothing_is_wider_than_the_screen(chromium: Any, theme: str, name: str, form: str) -> None:
    """No horizontal scroll at any width, in the mail, without its <style>, and on the web."""
    for where, view in views(chromium, document(theme, name, form)).items():
        assert view["wide"] <= view["screen"], where


@every_form
def test_every_text_can_be_read(chromium: Any, theme: str, name: str, form: str) -> None:
    """Contrast of at least 4.5 to what is behind, and at least 14 px, light and dark."""
    for where, view in views(chromium, document(theme, name, form)).items():
        assert len(view["texts"]) > 20
        assert viewing.faint(view) == [], where
        assert viewing.small(view) == [], where


@every_form
def test_no_picture_leaves_its_column(chromium: Any, theme: str, name: str, form: str) -> None:
    for where, view in views(chromium, document(theme, name, form)).items():
        assert view["pictures"]
        for picture in view["pictures"]:
            assert picture["width"] <= picture["room"] + 0.5, (where, picture)


@every_form
def test_every_link_is_underlined(chromium: Any, theme: str, name: str, form: str) -> None:
    for view in views(chromium, document(theme, name, form)).values():
        assert view["plain"] == []


@pytest.mark.parametrize("name", editions.ISSUES)
@every_theme
def test_axe_finds_no_fault_against_wcag(chromium: Any, theme: str, name: str) -> None:
    """WCAG 2.2, A and AA, light and dark, in the mail and on its page."""
    for form in ("mail", "page"):
        assert chromium.run(visit(document(theme, name, form), viewing.axe)) == [], form


def test_axe_finds_what_is_wrong(chromium: Any) -> None:
    """It is awake: a picture without a text, and a text that is faint in the dark only."""
    html = (
        '<html lang="en"><head><title>x</title><style>@media (prefers-color-scheme:dark)'
        '{p{color:#ddd}}</style></head><body><main><img src="x.png"><p>Text</p></main></html>'
    )
    found = [line.partition(": <")[0] for line in chromium.run(visit(html, viewing.axe))]
    assert found == ["light: image-alt", "dark: color-contrast", "dark: image-alt"]


@pytest.mark.parametrize(
    ("theme", "form"),
    [
        pytest.param(theme, form, marks=pytest.mark.xdist_group(f"{theme} 2020-10 {form}"))
        for theme in theming.THEMES
        for form in ("mail", "page")
    ],
)
def test_dark_mode_is_dark(chromium: Any, theme: str, form: str) -> None:
    """The mail and the page follow the reader's dark mode."""
    for where, view in views(chromium, document(theme, "2020-10", form)).items():
        dark = where.endswith("dark")
        assert background(view["sheet"]) == ((29, 24, 21, 1) if dark else (255, 255, 255, 1))


@every_theme
def test_outlook_com_gets_the_dark_colours_too(chromium: Any, theme: str) -> None:
    """Under an ancestor marked data-ogsc the dark copy of the rules holds, in a light browser."""
    marked = document(theme, "2020-10", "mail").replace("<html", "<html data-ogsc", 1)
    behind = chromium.run(visit(marked, viewing.view))["sheet"]
    assert background(behind) == (29, 24, 21, 1)


@every_theme
@pytest.mark.parametrize("name", editions.ISSUES)
def test_inlined_styles_are_those_of_another_inliner(chromium: Any, theme: str, name: str) -> None:
    """What premailer makes of the theme's CSS computes to the same as what css-inline makes."""
    shown = theming.theme_named(theme)
    values = shown.constants() | dict(shown.settings.light)
    css = stylesheet.mirrored(shown.css) if name == "arabic" else shown.css
    sheet = f"<style>{stylesheet.filled(css, values)}</style>"
    plain = _STYLE.sub(lambda _: sheet, editions.edition(theme, name).page)
    theirs = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)
    ours, other = (
        chromium.run(visit(html, lambda page: page.evaluate(_COMPUTED))).splitlines()
        for html in (inliner.inline(plain), theirs.inline(plain))
    )
    assert len(ours) > 10_000
    assert ours == other


@every_theme
def test_an_issue_from_right_to_left_is_laid_out_from_there(chromium: Any, theme: str) -> None:
    """Headings, paragraphs and cells begin at the right, quotations have their bar there; code
    runs from left to right."""
    look = """() => Object.fromEntries(['h1', 'li', 'td', 'pre', 'code', 'blockquote'].map(name => {
      const style = getComputedStyle(document.querySelector(name));
      return [name, [style.direction, style.textAlign, style.borderRightWidth]];
    }))"""
    for form in ("mail", "page"):
        seen = chromium.run(
            visit(document(theme, "arabic", form), lambda page: page.evaluate(look))
        )
        assert seen["h1"] == seen["li"] == ["rtl", "start", "0px"]
        assert seen["td"][1] == "right"
        assert seen["blockquote"] == ["rtl", "start", "3px"]
        assert seen["pre"][:2] == seen["code"][:2] == ["ltr", "start"]
