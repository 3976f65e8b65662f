"""Nothing that an editor, or somebody who sneaks into an issue, writes runs in a browser."""

from __future__ import annotations

from typing import Any

import hostile
import pytest
import theming
from playwright.sync_api import Browser

from mailer.composer.compose import compose

pytestmark = pytest.mark.browser
_GUARD = "window.ran = 0; window.pwned = () => { window.ran += 1 }"
# Everything that a reader may do to a message: point at it, focus it, click its links.
_TOUCH = """() => {
  for (const element of document.querySelectorAll('*')) {
    for (const name of ['mouseover', 'focus', 'click', 'error', 'load', 'toggle'])
      element.dispatchEvent(new Event(name, {cancelable: true}));
  }
  return window.ran;
}"""


def _documents() -> list[str]:
    theme = theming.digest()
    editions = [compose(hostile.issue(v), theme, hostile.frame(v)) for v in hostile.VECTORS]
    return [html for e in editions for html in (theming.shown(e.html), e.page)]


def _ran(browser: Browser) -> list[str]:
    page = browser.new_page()
    guilty = []
    try:
        page.add_init_script(_GUARD)
        page.route("**/*", lambda route: route.abort())
        for html in _documents():
            page.set_content(html, wait_until="domcontentloaded")
            if page.evaluate(_TOUCH):
                guilty.append(html)
    finally:
        page.close()
    return guilty


def test_the_guard_notices_a_script(chromium: Any) -> None:
    def ran(browser: Browser) -> Any:
        page = browser.new_page()
        page.add_init_script(_GUARD)
        page.set_content("<img src=x onerror=pwned()><script>pwned()</script>")
        try:
            return page.evaluate(_TOUCH)
        finally:
            page.close()

    assert chromium.run(ran) >= 2


def test_no_vector_runs_in_any_field(chromium: Any) -> None:
    assert chromium.run(_ran) == []
