"""What a document looks like in Chromium, measured: width, contrast, pictures, links, axe."""

from __future__ import annotations

import importlib.resources
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from colours import background, contrast, rgba
from PIL import Image
from playwright.sync_api import Browser, Page, Route, ViewportSize

from mailer.model.edition import PictureFile

_SCREEN: ViewportSize = {"width": 1280, "height": 720}
WIDTHS = (320, 375, 600, 1280)
SCHEMES = ("light", "dark")
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What a view is judged by: its width, every text that is shown with its colour, the colours behind
# it and its size, every picture with the room that it has, and the links that are not underlined.
# It comes as one text: over a value of many parts Playwright takes longer than Chromium itself.
_VIEW = """() => {
  const probe = document.head.appendChild(document.createElement('i'));
  probe.style.backgroundColor = 'Canvas';  // what the browser itself shows behind a page
  const canvas = getComputedStyle(probe).backgroundColor;
  probe.remove();
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
    const column = image.closest('div, main, td, body');
    const style = getComputedStyle(column);
    const sides = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
    return {source: image.src, width: image.getBoundingClientRect().width,
            room: column.clientWidth - sides};
  });
  const plain = [...document.links].filter(link => link.textContent.trim() &&
    !getComputedStyle(link).textDecorationLine.includes('underline')).map(link => link.outerHTML);
  return JSON.stringify({
    wide: document.documentElement.scrollWidth, screen: window.innerWidth,
    sheet: behind(document.querySelector('.sheet, div > div + div') || document.body),
    texts, pictures, plain});
}"""
_UNUSABLE = """() => {
  const inputs = [...document.querySelectorAll('input:not([type=hidden])')];
  const targets = [...document.querySelectorAll('button'), ...inputs].filter(e => e.tabIndex >= 0);
  const small = targets.filter(e => {
    const room = e.getBoundingClientRect();
    return room.width < 24 || room.height < 24;
  });
  return [...small, ...inputs.filter(e => !e.labels.length)].map(e => e.outerHTML);
}"""
_AXE = """async tags => {
  const found = await axe.run(document, {runOnly: {type: 'tag', values: tags},
                                         resultTypes: ['violations']});
  return found.violations.flatMap(rule => rule.nodes.map(node => rule.id + ': ' + node.html));
}"""


def visit(
    html: str, pictures: Iterable[PictureFile], look: Callable[[Page], Any]
) -> Callable[[Browser], Any]:
    """Shows the document on a light screen, with grey pictures in their true sizes."""
    sizes = {picture.name: (picture.width, picture.height) for picture in pictures}

    def answer(route: Route) -> None:
        _answer(route, sizes)

    def visited(browser: Browser) -> Any:
        page = _page(browser)
        page.set_viewport_size(_SCREEN)
        page.emulate_media(color_scheme="light")
        page.route("**/*", answer)
        try:
            page.set_content(html, wait_until="load")
            return look(page)
        finally:
            page.unroute("**/*", answer)

    return visited


@cache
def _page(browser: Browser) -> Page:
    """One for all documents: in a new one each would wait for a process, and axe for its
    compiler."""
    return browser.new_page()


def _answer(route: Route, sizes: dict[str, tuple[int, int]]) -> None:
    name = PurePosixPath(urlsplit(route.request.url).path).name
    if name in sizes:
        route.fulfill(body=_grey(sizes[name]), content_type="image/png")
    else:
        route.abort()


@cache
def _grey(size: tuple[int, int]) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, "gray").save(content, "PNG")
    return content.getvalue()


def view(page: Page) -> dict[str, Any]:
    """What there is to see as the page stands."""
    seen: dict[str, Any] = json.loads(page.evaluate(_VIEW))
    return seen


def each_view(page: Page, widths: Sequence[int] = WIDTHS) -> Iterator[tuple[str, dict[str, Any]]]:
    """What there is to see at every width, light and dark."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its two
            yield f"{width} {scheme}", view(page)


def faint(seen: dict[str, Any]) -> list[tuple[str, float]]:
    """The texts of a view whose contrast to what is behind them is below 4.5, with it."""
    ratios = [
        (text["text"], contrast(rgba(text["colour"]), background(text["behind"])))
        for text in seen["texts"]
    ]
    return [(text, ratio) for text, ratio in ratios if ratio < 4.5]


def small(seen: dict[str, Any]) -> list[dict[str, Any]]:
    """The texts of a view that are below 14 pixels."""
    return [text for text in seen["texts"] if text["size"] < 14]


def unusable(page: Page) -> list[str]:
    """The buttons and inputs that are too small for a finger, and the inputs without a name."""
    found: list[str] = page.evaluate(_UNUSABLE)
    return found


def axe(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA: the rule and the element, light and dark."""
    if page.evaluate("!window.axe"):
        page.add_script_tag(content=axe_source())
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its two
        found += [f"{scheme}: {violation}" for violation in page.evaluate(_AXE, _WCAG)]
    return found


@cache
def axe_source() -> str:
    package = importlib.resources.files("axe_playwright_python")
    return (package / "axe.min.js").read_text(encoding="utf-8")
