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
ISSUES = {"everything": ({}, {}), "2020-10": theming.WARM, "2021-01": theming.COOL}
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
# What a view is judged by: its width, every text that is shown with its colour, the colours behind
# it and its size, every picture with the room that it has, and the links that are not underlined.
_VIEW = """() => {
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    const behind = [];
    for (let e = element; e; e = e.parentElement) behind.push(getComputedStyle(e).backgroundColor);
    const style = getComputedStyle(element);
    texts.push({text: walker.currentNode.data.trim().slice(0, 40), colour: style.color, behind,
                size: parseFloat(style.fontSize)});
  }
  const pictures = [...document.images].map(image => {
    const column = image.closest('.w, .s') || image.closest('div');
    const style = getComputedStyle(column);
    const sides = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
    return {source: image.src, width: image.getBoundingClientRect().width,
            room: column.clientWidth - sides};
  });
  const plain = [...document.links].filter(link => link.textContent.trim() &&
    !getComputedStyle(link).textDecorationLine.includes('underline')).map(link => link.outerHTML);
  return {wide: document.documentElement.scrollWidth, screen: window.innerWidth,
          sheet: getComputedStyle(document.querySelector('.sheet, div > div + div'))
            .backgroundColor, texts, pictures, plain};
}"""
_COMPUTED = """() => [...document.body.querySelectorAll('*')].map(element => {
  const style = getComputedStyle(element);
  return [element.tagName, ...[...style].map(name => name + ':' + style.getPropertyValue(name))];
})"""


@cache
def edition(name: str) -> Edition:
    look = ISSUES[name]
    if name == "everything":
        return compose(theming.everything(), theming.digest(), theming.frame(look))
    issue = theming.issue_of(theming.EXAMPLES / "issues" / f"{name}.md")
    frame = dataclasses.replace(theming.frame(look), pictures=_example_pictures())
    return compose(issue, theming.digest(), frame)


@cache
def _example_pictures() -> dict[str, PictureFile]:
    pictures = {}
    for path in (theming.EXAMPLES / "images").rglob("*.png"):
        with Image.open(path) as image:
            size = image.size
        source = path.relative_to(theming.EXAMPLES).as_posix()
        pictures[source] = PictureFile(path.name, "image/png", *size, path.read_bytes())
    return pictures


def document(name: str, form: str) -> str:
    """`mail`, `bare` (a client that drops every <style>) or `page`."""
    if form == "page":
        return edition(name).page
    html = theming.shown(edition(name).html)
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


every_form = pytest.mark.parametrize(
    ("name", "form"),
    [
        pytest.param(name, form, marks=pytest.mark.xdist_group(f"{name} {form}"))
        for name in ISSUES
        for form in ("mail", "bare", "page")
    ],
)


@every_form
def test_nothing_is_wider_than_the_screen(chromium: Any, name: str, form: str) -> None:
    """No horizontal scroll at any width, in the mail, without its <style>, and on the web."""
    for where, view in views(chromium, document(name, form)).items():
        assert view["wide"] <= view["screen"], where


@every_form
def test_every_text_can_be_read(chromium: Any, name: str, form: str) -> None:
    """Contrast of at least 4.5 to what is behind, and at least 14 px, light and dark."""
    for where, view in views(chromium, document(name, form)).items():
        assert len(view["texts"]) > 20
        for text in view["texts"]:
            ratio = contrast(rgba(text["colour"]), background(text["behind"]))
            assert ratio >= 4.5, (where, text, ratio)
            assert text["size"] >= 14, (where, text)


@every_form
def test_no_picture_leaves_its_column(chromium: Any, name: str, form: str) -> None:
    for where, view in views(chromium, document(name, form)).items():
        assert view["pictures"]
        for picture in view["pictures"]:
            assert picture["width"] <= picture["room"] + 0.5, (where, picture)


@every_form
def test_every_link_is_underlined(chromium: Any, name: str, form: str) -> None:
    for view in views(chromium, document(name, form)).values():
        assert view["plain"] == []


@pytest.mark.parametrize(
    "form",
    [
        pytest.param("mail", marks=pytest.mark.xdist_group("2020-10 mail")),
        pytest.param("page", marks=pytest.mark.xdist_group("2020-10 page")),
    ],
)
def test_dark_mode_is_dark(chromium: Any, form: str) -> None:
    """The mail and the page follow the reader's dark mode."""
    for where, view in views(chromium, document("2020-10", form)).items():
        dark = where.endswith("dark")
        assert view["sheet"] == ("rgb(29, 24, 21)" if dark else "rgb(255, 255, 255)")


def test_outlook_com_gets_the_dark_colours_too(chromium: Any) -> None:
    """Under an ancestor marked data-ogsc the dark copy of the rules holds, in a light browser."""
    marked = document("2020-10", "mail").replace("<html", "<html data-ogsc", 1)
    colour = "() => getComputedStyle(document.querySelector('.sheet')).backgroundColor"
    assert chromium.run(visit(marked, lambda page: page.evaluate(colour))) == "rgb(29, 24, 21)"


def test_inlined_styles_are_those_of_another_inliner(chromium: Any) -> None:
    """What premailer makes of the theme's CSS computes to the same as what css-inline makes."""
    theme = theming.digest()
    values = theme.constants() | dict(theme.settings.light)
    sheet = f"<style>{stylesheet.filled(theme.css, values)}</style>"
    plain = _STYLE.sub(lambda _: sheet, edition("everything").page)
    ours = chromium.run(visit(inliner.inline(plain), lambda page: page.evaluate(_COMPUTED)))
    theirs = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)
    other = chromium.run(visit(theirs.inline(plain), lambda page: page.evaluate(_COMPUTED)))
    assert ours == other
