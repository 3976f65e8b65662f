"""How an edition looks in Chromium, measured: width, contrast, pictures, sizes of text."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import css_inline
import pytest
import theming
from colours import background, contrast, rgba
from PIL import Image
from playwright.sync_api import Browser, Page, Route

from mailer.composer.compose import compose
from mailer.composer.html import inliner, stylesheet
from mailer.model.edition import Edition, PictureFile

pytestmark = pytest.mark.browser

WIDTHS = (320, 375, 600, 1280)
SCHEMES = ("light", "dark")
ISSUES = {
    "everything": ({}, {}),
    "arabic": ({}, {}),
    "2020-10": theming.WARM,
    "2021-01": theming.COOL,
}
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
# What a view is judged by: its width, every text that is shown with its colour, the colours behind
# it and its size, every picture with the room that it has, and the links that are not underlined.
_VIEW = """() => {
  const probe = document.head.appendChild(document.createElement('i'));
  probe.style.backgroundColor = 'Canvas';  // what the browser itself shows behind a page
  const canvas = getComputedStyle(probe).backgroundColor;
  const behind = element => {
    const colours = [];
    for (let e = element; e; e = e.parentElement) colours.push(getComputedStyle(e).backgroundColor);
    return [...colours, canvas];
  };
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    texts.push({text: walker.currentNode.data.trim().slice(0, 40), colour: style.color,
                behind: behind(element), size: parseFloat(style.fontSize)});
  }
  const pictures = [...document.images].map(image => {
    const column = image.closest('div, main');
    const style = getComputedStyle(column);
    const sides = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
    return {source: image.src, width: image.getBoundingClientRect().width,
            room: column.clientWidth - sides};
  });
  const plain = [...document.links].filter(link => link.textContent.trim() &&
    !getComputedStyle(link).textDecorationLine.includes('underline')).map(link => link.outerHTML);
  return {wide: document.documentElement.scrollWidth, screen: window.innerWidth,
          sheet: behind(document.querySelector('.sheet, div > div + div')), texts, pictures,
          plain};
}"""
_COMPUTED = """() => [...document.body.querySelectorAll('*')].map(element => {
  const style = getComputedStyle(element);
  return [element.tagName, ...[...style].map(name => name + ':' + style.getPropertyValue(name))];
})"""


@cache
def edition(theme: str, name: str) -> Edition:
    frame = theming.frame(ISSUES[name])
    own = theming.GOLDEN / f"{name}.md"
    if own.exists():
        return compose(theming.issue_of(own), theming.theme_named(theme), frame)
    issue = theming.issue_of(theming.EXAMPLES / "issues" / f"{name}.md")
    frame = dataclasses.replace(frame, pictures=_example_pictures())
    return compose(issue, theming.theme_named(theme), frame)


@cache
def _example_pictures() -> dict[str, PictureFile]:
    pictures = {}
    for path in (theming.EXAMPLES / "images").rglob("*.png"):
        with Image.open(path) as image:
            size = image.size
        source = path.relative_to(theming.EXAMPLES).as_posix()
        pictures[source] = PictureFile(path.name, "image/png", *size, path.read_bytes())
    return pictures


def document(theme: str, name: str, form: str) -> str:
    """`mail`, `bare` (a client that drops every <style>) or `page`."""
    if form == "page":
        return edition(theme, name).page
    html = theming.shown(edition(theme, name).html)
    return _STYLE.sub("", html) if form == "bare" else html


def _picture(route: Route) -> None:
    name = Path(route.request.url).name
    known = [p for p in _example_pictures().values() if p.name == name]
    known += [p for p in theming.PICTURES.values() if p.name == name]
    if not known:
        route.abort()
        return
    content = io.BytesIO()
    Image.new("RGB", (known[0].width, known[0].height), "gray").save(content, "PNG")
    route.fulfill(body=content.getvalue(), content_type="image/png")


def visit(html: str, look: Callable[[Page], Any]) -> Callable[[Browser], Any]:
    def visited(browser: Browser) -> Any:
        page = browser.new_page()
        try:
            page.route("**/*", _picture)
            page.set_content(html, wait_until="load")
            return look(page)
        finally:
            page.close()

    return visited


_seen: dict[str, dict[str, Any]] = {}


def views(chromium: Any, html: str) -> dict[str, Any]:
    """What there is to see at every width, light and dark; each document is looked at once."""
    if html not in _seen:
        _seen[html] = chromium.run(visit(html, lambda page: dict(_each_view(page))))
    return _seen[html]


def _each_view(page: Page) -> Iterator[tuple[str, Any]]:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its two
            yield f"{width} {scheme}", page.evaluate(_VIEW)


every_theme = pytest.mark.parametrize("theme", theming.THEMES)
every_form = pytest.mark.parametrize(
    ("theme", "name", "form"),
    [
        pytest.param(theme, name, form, marks=pytest.mark.xdist_group(f"{theme} {name} {form}"))
        for theme in theming.THEMES
        for name in ISSUES
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
        for text in view["texts"]:
            ratio = contrast(rgba(text["colour"]), background(text["behind"]))
            assert ratio >= 4.5, (where, text, ratio)
            assert text["size"] >= 14, (where, text)


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
    behind = chromium.run(visit(marked, lambda page: page.evaluate(_VIEW)))["sheet"]
    assert background(behind) == (29, 24, 21, 1)


@every_theme
@pytest.mark.parametrize("name", ["everything", "arabic"])
def test_inlined_styles_are_those_of_another_inliner(chromium: Any, theme: str, name: str) -> None:
    """What premailer makes of the theme's CSS computes to the same as what css-inline makes."""
    shown = theming.theme_named(theme)
    values = shown.constants() | dict(shown.settings.light)
    css = stylesheet.mirrored(shown.css) if name == "arabic" else shown.css
    sheet = f"<style>{stylesheet.filled(css, values)}</style>"
    plain = _STYLE.sub(lambda _: sheet, edition(theme, name).page)
    ours = chromium.run(visit(inliner.inline(plain), lambda page: page.evaluate(_COMPUTED)))
    theirs = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)
    other = chromium.run(visit(theirs.inline(plain), lambda page: page.evaluate(_COMPUTED)))
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
        assert seen["pre"] == seen["code"] == ["ltr", "start", "0px"]
