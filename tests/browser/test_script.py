"""Nothing that an editor, or somebody who sneaks into an issue, writes runs in a browser or makes
it ask anybody but us."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import cycle
from typing import Any

import hostile
import pytest
import theming
from playwright.sync_api import Browser, Dialog, Route
from vectors import VECTORS

from mailer.composer.compose import compose
from mailer.model.issue import Issue
from mailer.web.preview_clients import CLIENTS, shown

pytestmark = pytest.mark.browser
_OURS = "https://news.example.org/"
# An editor may show a picture that is on the web: a vector that opens a `![` makes one of a link.
_ELSEWHERE = ("https://a.example/", "https://youtu.be/", "https://slot.invalid/")
_PICTURE = re.compile(rf"{_OURS}pictures/[\w.~%-]*")  # need not be asked for
_A_TIME = 8  # documents that the browser shows at once
_PATIENCE = 120_000  # milliseconds; a busy machine takes its time
_PACKED = 20  # vectors in one issue
PACKS = [VECTORS[start : start + _PACKED] for start in range(0, len(VECTORS), _PACKED)]
_HEADERS = {"content-type": "text/html; charset=utf-8"}
_GUARD = "window.ran = 0; window.pwned = () => { window.ran += 1 }"
# The addresses that no mail may hold, in each frame and (the last) in the window around them, after
# everything that a reader may do to a message: point at it, focus it.
_TOUCH = r"""() => [...document.querySelectorAll('iframe')].map(frame => frame.contentDocument)
  .concat(document).map(shown => {
    const found = [];
    for (const element of shown.querySelectorAll('*')) {
      for (const name of ['mouseover', 'pointerenter', 'focus', 'error', 'load', 'toggle'])
        element.dispatchEvent(new Event(name, {cancelable: true}));
      for (const name of ['href', 'src', 'action', 'formaction', 'data', 'xlink:href']) {
        const address = element.getAttribute(name) ?? '';
        const whole = URL.canParse(address, shown.baseURI) && new URL(address, shown.baseURI);
        if (whole && !/^(https?|mailto|cid):|^data:,$/.test(whole.href)) found.push(address);
      }
    }
    return found;
  })"""
_RAN = """() => [...document.querySelectorAll('iframe')].map(frame => frame.contentWindow)
  .concat(window).map(shown => shown.ran)"""


def _guilty(browser: Browser, documents: Sequence[str]) -> dict[int, list[str]]:
    """Those of the documents, by number, that ran something, lead where no link may, or asked for
    something that is not ours; -1 is the window around them."""
    guilty: dict[int, list[str]] = {}
    for start in range(0, len(documents), _A_TIME):
        for number, faults in _shown(browser, documents[start : start + _A_TIME]).items():
            guilty[number + start if number >= 0 else -1] = faults
    return guilty


def _shown(browser: Browser, documents: Sequence[str]) -> dict[int, list[str]]:
    """The same for a few documents, each in a frame of one window."""
    addresses = [f"{_OURS}{number}" for number in range(len(documents))]
    served = {a: _PICTURE.sub("data:,", d) for a, d in zip(addresses, documents, strict=True)}
    served[_OURS] = "".join(f'<iframe src="{address}"></iframe>' for address in addresses)
    faults: dict[int, list[str]] = {}

    def serve(route: Route) -> None:
        address = route.request.url
        if address in served:
            route.fulfill(body=served[address], headers=_HEADERS)
            return
        route.abort()
        if not address.startswith((_OURS, *_ELSEWHERE)):
            asking = route.request.frame.url
            number = addresses.index(asking) if asking in addresses else -1
            faults.setdefault(number, []).append(address)

    def ask(dialog: Dialog) -> None:
        faults.setdefault(-1, []).append(f"it asks {dialog.message}")
        dialog.dismiss()

    with closing(browser.new_page(bypass_csp=True)) as page:
        page.add_init_script(_GUARD)
        page.on("dialog", ask)
        page.route("**/*", serve)
        page.set_default_timeout(_PATIENCE)
        page.goto(_OURS, wait_until="load")
        numbers = [*range(len(documents)), -1]
        for number, found in zip(numbers, page.evaluate(_TOUCH), strict=True):
            faults.setdefault(number, []).extend(found)
        for number, ran in zip(numbers, page.evaluate(_RAN), strict=True):
            faults.setdefault(number, []).extend(["it ran"] * bool(ran))
    return {number: found for number, found in faults.items() if found}


def test_the_guard_notices_what_runs_leads_astray_or_asks(chromium: Any) -> None:
    documents = [
        "<img src=x onerror=pwned()>",
        "<script>pwned()</script>",
        "<p>x <a href='https://example.org'>x</a> <img src=/pictures/x.png></p>",
        "<b onfocus=pwned()>x</b>",
        "<a href='java\tscript:pwned()'>x</a>",
        "<img src=https://beacon.invalid/>",
        "<p style='background:url(//beacon.invalid/)'>x</p>",
        "<script>alert(1)</script>",
    ]
    guilty = chromium.run(lambda browser: _guilty(browser, documents))
    assert guilty == {
        0: ["it ran"],
        1: ["it ran"],
        3: ["it ran"],
        4: ["java\tscript:pwned()"],
        5: ["https://beacon.invalid/"],
        6: ["https://beacon.invalid/"],
        -1: ["it asks 1"],
    }


def test_no_vector_runs_wherever_an_issue_file_has_it(chromium: Any) -> None:
    """In the mail, on the page and as the preview draws the mail; in a file one vector may open
    what the next one closes."""
    clients = cycle(CLIENTS.values())
    documents: list[str] = []
    for html, page in _packed(_files):
        documents += [html, page, shown(html, next(clients), (), f"{_OURS}issues/x")]
    assert chromium.run(lambda browser: _guilty(browser, documents)) == {}


def test_no_vector_runs_in_any_field(chromium: Any) -> None:
    """Whatever the parser would have refused."""
    documents = [document for forms in _packed(_fields) for document in forms]
    assert chromium.run(lambda browser: _guilty(browser, documents)) == {}


def _files(vectors: Sequence[str]) -> Issue:
    """Each in a file, and all of them in one."""
    packed = hostile.packed(hostile.issue_of, vectors)
    beside = hostile.issue_of(" ".join(vectors))
    return replace(packed, entries=(*packed.entries, *beside.entries))


def _fields(vectors: Sequence[str]) -> Issue:
    return hostile.packed(hostile.issue, vectors)


def _packed(of: Callable[[Sequence[str]], Issue]) -> Iterator[tuple[str, str]]:
    """Mail and page of one theme, for every vector; tests/composer looks at what all themes say."""
    for vectors in PACKS:
        frame = hostile.frame(" ".join(vectors))
        edition = compose(of(vectors), theming.digest(), frame)
        yield theming.shown(edition.html), edition.page
