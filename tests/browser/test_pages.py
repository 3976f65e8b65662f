"""The readers' pages and the catcher's inbox in Chromium, with JavaScript switched off."""

from __future__ import annotations

import dataclasses
import smtplib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import publication
import pytest
import readers
import viewing
from playwright.sync_api import Browser, Page

from mailer.model.edition import PictureFile
from mailer.ops import inbox
from mailer.ops.catcher import HOST, Catcher
from mailer.web import server
from subscribers.model import Consent, SubscriptionStatus, SuppressionReason

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]

LONG = "Letters about Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikanten"
_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080200000090775"
    "3de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
_PICTURE = PictureFile("pixel.png", "image/png", 1, 1, _PIXEL)
_HOSTILE = (
    "<html><head><title>x</title></head><body onload='parent.pwned=1'>"
    "<script>top.pwned=1;document.title='pwned'</script><img src=x onerror='top.pwned=1'>"
    "<img id='ours' src='{url}/pictures/pixel.png'><img src='https://tracker.example/x.png'>"
    "<link rel=stylesheet href='https://tracker.example/x.css'>"
    "<form action='https://tracker.example/'><button>Send</button></form>"
    "<iframe src='https://tracker.example/'></iframe>"
    "<a href='{url}{leave}'>Leave</a></body></html>"
)
_PAGE = "<!DOCTYPE html><style>p{{margin:0}}</style><p>Hello<img src='{url}/pictures/pixel.png'>"
_ALIGNED = """() => [...document.querySelectorAll('main [dir=auto], footer [dir=auto]')]
  .map(e => getComputedStyle(e).textAlign)"""
_OUTLINE = "() => parseFloat(getComputedStyle(document.activeElement).outlineWidth)"


@dataclass
class House:
    """A publication's pages and its catcher's inbox on one port."""

    url: str
    site: readers.Readers
    paths: dict[str, str]
    said: list[tuple[str, str]]  # by Chromium's console: (address of the page, text)

    def look(self, chromium: Any, see: Callable[[Page], Any], **options: Any) -> Any:
        """What `see` returns of a fresh window without scripts."""

        def visit(browser: Browser) -> Any:
            with closing(browser.new_context(java_script_enabled=False, **options)) as context:
                page = context.new_page()
                page.on("console", lambda message: self.said.append((page.url, message.text)))
                return see(page)

        return chromium.run(visit)


@pytest.fixture
def house(bench_of: Callable[[int], publication.Bench]) -> Iterator[House]:
    with ExitStack() as stack:
        listener = stack.enter_context(server.listen("127.0.0.1", 0))
        url = server.address(listener)
        site = readers.make(bench_of(0), url)
        catcher = stack.enter_context(Catcher())
        both = inbox.create(catcher, site.application)
        stack.enter_context(server.running(both, listener))
        issue = dataclasses.replace(publication.edition(), page=_PAGE.format(url=url))
        site.publish(issue, (_PICTURE,))
        _people(site)
        _mail(catcher, _HOSTILE.format(url=url, leave=site.unsubscribe()))
        yield House(url, site, _paths(site), [])


def _people(site: readers.Readers) -> None:
    """Dora is on a list with a long name and suppressed."""
    store, now = site.bench.store, publication.NOON
    store.create_list("long", LONG, "long.example.org", now)
    consent, confirmed = Consent("a test", "yes"), SubscriptionStatus.CONFIRMED
    for name in ("long", "monthly"):
        store.add("dora@example.org", name, {}, consent, confirmed, now)
    store.suppress("dora@example.org", None, SuppressionReason.BOUNCED, "a test", now)


def _mail(catcher: Catcher, html: str) -> None:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "Nachrichten über " + LONG
    message["From"] = "Neurodigest <editor@example.org>"
    message["List-Unsubscribe"] = "<http://localhost/u/" + "x" * 90 + ">"
    message.set_content("Hello\n" + "y" * 200)
    message.add_alternative(html, subtype="html")
    with smtplib.SMTP(HOST, catcher.port, timeout=10) as client:
        client.sendmail("editor@example.org", ["anne@example.org"], message.as_bytes())


def _paths(site: readers.Readers) -> dict[str, str]:
    dora = site.bench.store.show("dora@example.org").subscriptions[0].token
    return {
        "unsubscribe": site.unsubscribe(dora),
        "preferences": site.preferences(dora),
        "gone": site.unsubscribe(b"nobody-any-more!"),
        "bad link": "/u/x",
        "missing": "/nope",
        "home": "/",
        "inbox": "/inbox/",
        "search": "/inbox/?to=nobody",
        "letter": "/inbox/1",
        "text": "/inbox/1/text",
        "headers": "/inbox/1/headers",
        "source": "/inbox/1/source",
    }


def test_every_page_fits_reads_and_can_be_used(chromium: Any, house: House) -> None:
    """No horizontal scroll, contrast ≥ 4.5, text ≥ 14 px, every input named and large enough; on a
    small and a large screen, light and dark."""

    def see(page: Page) -> None:
        for name, path in house.paths.items():
            page.goto(house.url + path)
            assert page.locator("h1").count() == 1, name
            for where, view in viewing.each_view(page, (320, 1280)):
                assert view["wide"] <= view["screen"], (name, where)
                assert viewing.faint(view) == [], (name, where)
                assert viewing.small(view) == [], (name, where)
                assert viewing.unusable(page) == [], (name, where)

    house.look(chromium, see)
    hostile = house.url + house.paths["letter"]
    refused = [text for url, text in house.said if url != hostile and "Security Policy" in text]
    assert refused == []


def test_what_is_in_another_script_stands_where_its_page_begins(
    chromium: Any, house: House
) -> None:
    """English titles and names on an Arabic page begin at the right, as the rest does."""

    def see(page: Page) -> set[str]:
        page.goto(house.url + "/?lang=ar")
        return set(page.evaluate(_ALIGNED))

    assert house.look(chromium, see) == {"right"}


def test_a_reader_leaves_by_keyboard_alone(chromium: Any, house: House) -> None:
    """Tab to the button, which shows that it has the focus, and Enter."""

    def see(page: Page) -> str:
        page.goto(house.url + house.site.unsubscribe())
        for _ in range(10):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.tagName") == "BUTTON":
                break
        assert page.evaluate(_OUTLINE) >= 2
        page.keyboard.press("Enter")
        page.wait_for_selector("text=You have left")
        return page.inner_text("h1")

    assert "Monthly" in house.look(chromium, see)
    assert house.site.statuses()["monthly"] == "unsubscribed"


def test_a_reader_leaves_comes_back_and_leaves_all(chromium: Any, house: House) -> None:
    """The way through the preferences, by what is written there."""

    def see(page: Page) -> None:
        page.goto(house.url + house.site.preferences())
        page.get_by_label("Monthly").uncheck()
        page.get_by_role("button", name="Save").click()
        assert "You have left “Monthly”" in page.get_by_role("status").inner_text()
        assert not page.get_by_label("Monthly").is_checked()
        page.get_by_label("Monthly").check()
        page.get_by_role("button", name="Save").click()
        assert "You are back on “Monthly”" in page.get_by_role("status").inner_text()
        page.get_by_role("button", name="Leave all lists").click()
        assert "You have left" in page.get_by_role("status").inner_text()

    house.look(chromium, see)
    assert set(house.site.statuses().values()) == {"unsubscribed"}


def test_the_whole_row_of_a_list_is_its_label(chromium: Any, house: House) -> None:
    """A thumb need not hit the box."""

    def see(page: Page) -> bool:
        page.goto(house.url + house.site.preferences())
        row = page.locator(".choice", has_text="Monthly").bounding_box()
        assert row is not None
        page.mouse.click(row["x"] + row["width"] - 5, row["y"] + row["height"] / 2)
        return page.get_by_label("Monthly").is_checked()

    assert house.look(chromium, see) is False


def test_the_web_page_of_an_issue_shows_its_pictures(chromium: Any, house: House) -> None:
    """Its policy lets its own styles and pictures through."""

    def see(page: Page) -> int:
        page.goto(house.url + "/issues/2021-01")
        return int(page.evaluate("document.images[0].naturalWidth"))

    assert house.look(chromium, see) == 1
    assert house.said == []


def test_a_hostile_message_runs_sends_and_fetches_nothing(chromium: Any, house: House) -> None:
    """With scripts allowed in the browser: the frame's sandbox and policy stop every one, and
    only this machine's pictures are loaded."""
    refused: dict[str, str | None] = {}
    asked: set[str] = set()

    def see(browser: Browser) -> tuple[Any, str, int]:
        with closing(browser.new_context()) as context:
            page = context.new_page()
            page.on("request", lambda request: asked.add(request.url))
            page.on("requestfailed", lambda request: refused.update({request.url: request.failure}))
            page.goto(house.url + "/inbox/1", wait_until="networkidle")
            frame = page.frame(url="**/frame")
            assert frame is not None
            width = frame.evaluate("document.getElementById('ours').naturalWidth")
            return page.evaluate("window.pwned ?? null"), frame.title(), width

    assert chromium.run(see) == (None, "x", 1)
    foreign = {url for url in asked if not url.startswith(house.url)}
    assert foreign
    assert {refused[url] for url in foreign} == {"csp"}


def test_a_link_in_a_message_opens_a_window_that_works(chromium: Any, house: House) -> None:
    """Out of the sandbox: there the unsubscribe button can be pressed."""

    def see(page: Page) -> str:
        page.goto(house.url + "/inbox/1")
        with page.expect_popup() as popup:
            page.frame_locator("iframe").get_by_text("Leave").click()
        popup.value.get_by_role("button", name="Unsubscribe").click()
        popup.value.wait_for_selector("text=You have left")
        return popup.value.inner_text("h1")

    assert "Monthly" in house.look(chromium, see)
    assert house.site.statuses()["monthly"] == "unsubscribed"
