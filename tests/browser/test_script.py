"""Nothing that an editor, or somebody who sneaks into an issue, writes runs in a browser."""

from __future__ import annotations

from typing import Any

import hostile
import pytest
import theming
from playwright.sync_api import Browser, Route

from mailer.composer.compose import compose

pytestmark = pytest.mark.browser
_URL = "https://news.example.org/issues/x"
_HEADERS = {"content-type": "text/html; charset=utf-8"}
_GUARD = "window.ran = 0; window.pwned = () => { window.ran += 1 }"
# Everything that a reader may do to a message: point at it, focus it, click its links.
_TOUCH = """() => {
  for (const element of document.querySelectorAll('*')) {
    for (const name of ['mouseover', 'focus', 'click', 'error', 'load', 'toggle'])
      element.dispatchEvent(new Event(name, {cancelable: true}));
  }
  return window.ran;
}"""


def _documents(form: str) -> list[str]:
    theme = theming.digest()
    editions = [compose(hostile.issue(v), theme, hostile.frame(v)) for v in hostile.VECTORS]
    return [e.page if form == "page" else theming.shown(e.html) for e in editions]


def _ran(browser: Browser, documents: list[str]) -> list[str]:
    """Those of the documents in which something called `pwned()`."""
    page = browser.new_page()
    served = ""

    def serve(route: Route) -> None:
        if route.request.url == _URL:
            route.fulfill(body=served, headers=_HEADERS)
        else:
            route.abort()

    guilty = []
    try:
        page.add_init_script(_GUARD)
        page.route("**/*", serve)
        for served in documents:
            page.goto(_URL, wait_until="domcontentloaded")
            if page.evaluate(_TOUCH):
                guilty.append(served)
    finally:
        page.close()
    return guilty


def test_the_guard_notices_a_script(chromium: Any) -> None:
    documents = ["<img src=x onerror=pwned()>", "<script>pwned()</script>", "<p>x</p>"]
    assert chromium.run(lambda browser: _ran(browser, documents)) == documents[:2]


@pytest.mark.parametrize("form", ["mail", "page"])
def test_no_vector_runs_in_any_field(chromium: Any, form: str) -> None:
    assert chromium.run(lambda browser: _ran(browser, _documents(form))) == []
