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
from PIL import Image
from playwright.sync_api import Browser, Page, Route

from mailer.composer import inliner, stylesheet
from mailer.composer.compose import compose
from mailer.model.edition import Edition, PictureFile

pytestmark = pytest.mark.browser

WIDTHS = (320, 375, 600, 1280)
SCHEMES = ("light", "dark")
ISSUES = {"everything": ({}, {}), "2020-10": theming.WARM, "2021-01": theming.COOL}
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
# Every text that is shown, with its colour, the colours behind it and its size.
_TEXTS = """() => {
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
  return texts;
}"""
_PICTURES = """() => [...document.images].map(image => {
  const column = image.closest('.w, .s, .panel') || image.closest('div');
  const style = getComputedStyle(column);
  const room = column.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return {source: image.src, width: image.getBoundingClientRect().width, room};
})"""
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


def _each_view(page: Page, measure: str) -> Iterator[tuple[str, Any]]:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its two
            yield f"{width} {scheme}", page.evaluate(measure)


def views(chromium: Any, html: str, measure: str) -> dict[str, Any]:
    """What `measure` says at every width, light and dark."""
    found: dict[str, Any] = chromium.run(visit(html, lambda page: dict(_each_view(page, measure))))
    return found


FORMS = [(name, form) for name in ISSUES for form in ("mail", "bare", "page")]


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_nothing_is_wider_than_the_screen(chromium: Any, name: str, form: str) -> None:
    """No horizontal scroll at any width, in the mail, without its <style>, and on the web."""
    measure = "() => [document.documentElement.scrollWidth, window.innerWidth]"
    for view, (wide, screen) in views(chromium, document(name, form), measure).items():
        assert wide <= screen, view


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_every_text_can_be_read(chromium: Any, name: str, form: str) -> None:
    """Contrast of at least 4.5 to what is behind, and at least 14 px, light and dark."""
    for view, texts in views(chromium, document(name, form), _TEXTS).items():
        assert len(texts) > 20
        for text in texts:
            ratio = contrast(rgba(text["colour"]), background(text["behind"]))
            assert ratio >= 4.5, (view, text, ratio)
            assert text["size"] >= 14, (view, text)


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_no_picture_leaves_its_column(chromium: Any, name: str, form: str) -> None:
    for view, pictures in views(chromium, document(name, form), _PICTURES).items():
        assert pictures
        for picture in pictures:
            assert picture["width"] <= picture["room"] + 0.5, (view, picture)


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_every_link_is_underlined(chromium: Any, name: str, form: str) -> None:
    measure = """() => [...document.links].filter(
      link => link.textContent.trim() && !getComputedStyle(link).textDecorationLine.includes('underline')
    ).map(link => link.outerHTML)"""
    assert all(not bare for bare in views(chromium, document(name, form), measure).values())


def test_dark_mode_is_dark(chromium: Any) -> None:
    """Both the mail and the page follow the reader's dark mode."""
    measure = "() => getComputedStyle(document.querySelector('.sheet')).backgroundColor"
    for form in ("mail", "page"):
        found = views(chromium, document("2020-10", form), measure)
        assert {found[f"{w} light"] for w in WIDTHS} == {"rgb(255, 255, 255)"}
        assert {found[f"{w} dark"] for w in WIDTHS} == {"rgb(29, 24, 21)"}


def test_outlook_com_gets_the_dark_colours_too(chromium: Any) -> None:
    """Under an ancestor marked data-ogsc the dark copy of the rules holds, in a light browser."""
    marked = document("2020-10", "mail").replace("<body", "<body data-ogsc", 1)
    measure = "() => getComputedStyle(document.querySelector('.sheet')).backgroundColor"
    assert views(chromium, marked, measure)["600 light"] == "rgb(29, 24, 21)"


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


def rgba(text: str) -> tuple[float, ...]:
    """`rgb(1, 2, 3)` or `rgba(1, 2, 3, 0.5)` → (1, 2, 3, opacity)."""
    numbers = [float(n) for n in re.findall(r"[\d.]+", text)]
    return (*numbers, 1.0)[:4]


def background(behind: list[str]) -> tuple[float, ...]:
    """The first opaque colour behind a text; a theme uses no half-transparent ones."""
    colours = [rgba(colour) for colour in behind]
    assert all(colour[3] in (0, 1) for colour in colours)
    return next((colour for colour in colours if colour[3] == 1), (255.0, 255.0, 255.0, 1.0))


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """WCAG 2.2's contrast ratio."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: tuple[float, ...]) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (value / 255 for value in colour[:3])
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
