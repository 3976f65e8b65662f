"""A colleague's page and a corrected issue in Chromium: fit for every width, and of use without
script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

import newsroom
import pytest
import viewing
from newsroom import Newsroom
from playwright.sync_api import Browser, Page

from mailer.app import open_app
from mailer.desk import publishing, reviewing
from mailer.desk.composing import compose_file
from mailer.web import application, server
from mailer.web.reviewing import Reviewing
from mailer.web.site import site_of

pytestmark = pytest.mark.browser

_FRAMES = 8
_WIDTHS = (320, 1280)
_NOTE = ("Correction", "The number of")
_FITS = """() => [...document.querySelectorAll('.stage')].every(stage =>
  stage.firstElementChild.getBoundingClientRect().width <= stage.clientWidth + 1)"""
_PICTURES = "() => [...document.images].map(image => image.complete && image.naturalWidth > 0)"


@dataclass
class Office:
    """The example publication's web side, a review of January's issue, and its corrected page."""

    newsroom: Newsroom
    url: str
    bob: str  # the address of his review
    cy: str
    said: list[str]  # by Chromium's console, in the last window

    def look(
        self, chromium: Any, see: Callable[[Page], Any], review: str = "", **options: Any
    ) -> Any:
        """What `see` returns of a fresh window on a review, by default Bob's."""

        self.said.clear()

        def visit(browser: Browser) -> Any:
            with closing(browser.new_context(**options)) as context:
                page = context.new_page()
                page.on("console", lambda message: self.said.append(message.text))
                page.on("pageerror", lambda error: self.said.append(str(error)))
                page.goto(review or self.bob, wait_until="load")
                return see(page)

        return chromium.run(visit)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office") / "news"
    newsroom.example(folder).database.close()
    with ExitStack() as stack:
        listener = stack.enter_context(server.listen("127.0.0.1", 0))
        url = server.address(listener)
        made = Newsroom(open_app(folder))
        made.write("https://news.example.org", url, "mailer.toml")
        made.write("smtp://localhost:1025", "folder:copies", "mailer.toml")
        made.write("[project page](https://openai", "[project page](http://openai")
        made.app = app = open_app(folder)
        colleagues = ["bob@example.org", "cy@example.org"]
        bob, cy = reviewing.ask(app, made.compose(), colleagues, "Ann")
        october = compose_file(app, app.folder / "issues" / "2020-10.md")
        publishing.publish(app, october)
        publishing.correct(app, october, "The number of parameters was wrong. " * 3)
        site = site_of(app)
        pages = application.create(site, Reviewing(site, app).routes())
        stack.enter_context(server.running(pages, listener))
        yield Office(made, url, bob.url, cy.url, [])
        app.database.close()


def test_the_page_fits_reads_and_can_be_used(chromium: Any, office: Office) -> None:
    """No horizontal scroll, every frame whole with its pictures, contrast ≥ 4.5, text ≥ 14 px; on
    a small and a large screen, light and dark."""

    def see(page: Page) -> None:
        assert page.locator("h1").count() == 1
        assert page.locator("iframe").count() == _FRAMES
        for where, view in viewing.each_view(page, _WIDTHS):
            assert view["wide"] <= view["screen"], where
            assert viewing.faint(view) == [], where
            assert viewing.small(view) == [], where
            assert viewing.unusable(page) == [], where
            assert page.evaluate(_FITS), where
            desktop = page.frame("desktop-1280")
            assert desktop is not None
            shown = desktop.evaluate(_PICTURES)
            assert len(shown) == 6
            assert all(shown)

    office.look(chromium, see)
    assert office.said == []


def test_a_verdict_is_given_without_script_and_by_keyboard(chromium: Any, office: Office) -> None:
    """Sending back asks for a word, keeps the one that is given, and says thank you."""

    def see(page: Page) -> str:
        page.get_by_label("Your comment").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=alert]")
        page.get_by_label("Your comment").focus()
        page.keyboard.type("There is a slip in CLIP.")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=You have sent back")
        return page.inner_text("#verdict")

    said = office.look(chromium, see, office.cy, java_script_enabled=False)
    assert "There is a slip in CLIP." in said
    states = {each.reviewer: each.state for each in reviewing.listed(office.newsroom.app, None)}
    assert states == {"bob@example.org": "open", "cy@example.org": "sent back"}


def test_the_outline_leads_to_the_item(chromium: Any, office: Office) -> None:
    """By an ordinary link into the frame, since no script may reach into it."""

    def see(page: Page) -> str:
        with page.expect_event("framenavigated", lambda f: f.url.endswith("#clip")) as moved:
            page.get_by_role("link", name="CLIP").first.click()
        return str(moved.value.name)

    assert office.look(chromium, see) == "desktop-1280"


def test_no_script_may_reach_into_a_frame(chromium: Any, office: Office) -> None:
    """It is of nobody's origin, though it comes from ours."""

    def see(page: Page) -> Any:
        return page.evaluate("document.querySelector('iframe').contentDocument")

    assert office.look(chromium, see) is None


def test_an_erratum_reads_well_above_its_issue(chromium: Any, office: Office) -> None:
    """In the colours of the issue's theme, first in its page."""

    def see(page: Page) -> None:
        page.goto(f"{office.url}/issues/2020-10")
        assert page.locator("main > :first-child").inner_text().startswith("Correction of ")
        for where, view in viewing.each_view(page, _WIDTHS):
            assert view["wide"] <= view["screen"], where
            note = [text for text in view["texts"] if text["text"].startswith(_NOTE)]
            assert len(note) == 2, where
            assert viewing.faint({"texts": note}) == [], where
            assert viewing.small({"texts": note}) == [], where

    office.look(chromium, see)
