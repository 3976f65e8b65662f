"""The preview in Chromium: live, contained, and fit for every width."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import newsroom
import pytest
import viewing
from colours import rgba
from playwright.sync_api import Browser, Page

from mailer import files
from mailer.web import preview, server
from mailer.web.preview_changes import Changes
from mailer.web.preview_drafts import Drafts
from tests.sight import DRAWN, LIVE

pytestmark = pytest.mark.browser

_PLACES = """() => [...document.querySelectorAll('iframe')]
  .map(frame => Math.round(frame.contentWindow.scrollY))"""
_SCROLL = """() => document.querySelectorAll('iframe')
  .forEach(frame => frame.contentWindow.scrollTo(0, 300))"""
_HEADING_AT = """() => document.getElementById('desktop-1280').contentDocument
  .getElementById('clip').getBoundingClientRect().top"""
_FITS = """() => [...document.querySelectorAll('.stage')].every(stage =>
  stage.firstElementChild.getBoundingClientRect().width <= stage.clientWidth + 1)"""


@dataclass
class Studio:
    """The example publication and a preview of it that watches its files."""

    url: str
    file: Path
    said: list[str]  # by Chromium's console

    def look(self, chromium: Any, see: Callable[[Page], Any], **options: Any) -> Any:
        """What `see` returns of a fresh window on January's draft, once it is live."""

        def live(page: Page) -> Any:
            page.goto(f"{self.url}/issues/2021-01", wait_until="load")
            page.wait_for_function(LIVE)
            return see(page)

        return self.open(chromium, live, **options)

    def open(self, chromium: Any, see: Callable[[Page], Any], **options: Any) -> Any:
        """What `see` returns of a fresh window."""

        def visit(browser: Browser) -> Any:
            with closing(browser.new_context(**options)) as context:
                page = context.new_page()
                page.on("console", lambda message: self.said.append(message.text))
                page.on("pageerror", lambda error: self.said.append(str(error)))
                return see(page)

        return chromium.run(visit)

    def save(self, old: str, new: str) -> None:
        text = self.file.read_text(encoding="utf-8")
        assert old in text
        files.write_atomically(self.file, text.replace(old, new))


@contextmanager
def opened(folder: Path) -> Iterator[Studio]:
    app = newsroom.example(folder / "news")
    changes = Changes()
    with ExitStack() as stack:
        listener = stack.enter_context(server.listen(preview.HOST, 0))
        application = preview.create(Drafts(app, None, changes))
        url = stack.enter_context(server.running(application, listener, changes.end))
        yield Studio(url, app.folder / "issues" / "2021-01.md", [])
    app.database.close()


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with opened(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio to look at: nobody saves in it."""
    with opened(tmp_path_factory.mktemp("gallery")) as made:
        yield made


def test_a_save_shows_in_every_frame_without_a_reload(chromium: Any, studio: Studio) -> None:
    """Seven clients and the text edition draw the new words, and each frame keeps its place."""

    def see(page: Page) -> None:
        page.evaluate("window.same = true")
        page.evaluate(_SCROLL)
        for number in range(3):
            old = "Hello {{" if number == 0 else f"Welcome {number - 1} {{{{"
            studio.save(old, f"Welcome {number} {{{{")
            page.evaluate(DRAWN, f"Welcome {number}")
        page.wait_for_function("document.getElementById('text').textContent.includes('Welcome 2')")
        assert page.evaluate(_PLACES) == [300] * 8
        assert page.evaluate("window.same")

    studio.look(chromium, see)
    assert studio.said == []


def test_a_broken_save_keeps_the_frames_and_tells_why(chromium: Any, studio: Studio) -> None:
    """And a good one takes the errors away again."""

    def see(page: Page) -> None:
        studio.save("title:", "title: [")
        page.wait_for_selector("text=below is its last good version")
        assert page.locator(".findings.error").count() == 1
        frame = page.frame("desktop-1280")
        assert frame is not None
        assert "Hello" in frame.inner_text("body")
        studio.save("title: [", "title:")
        page.wait_for_selector("text=below is its last good version", state="detached")

    studio.look(chromium, see)


def test_the_outline_leads_every_frame_to_the_item(chromium: Any, gallery: Studio) -> None:
    def see(page: Page) -> float:
        page.get_by_role("link", name="CLIP").first.click()
        return float(page.evaluate(_HEADING_AT))

    assert abs(gallery.look(chromium, see)) < 2


def test_light_and_dark_are_shown_whatever_the_editor_prefers(
    chromium: Any, gallery: Studio
) -> None:
    """The frames do not follow the machine's own scheme."""

    def see(page: Page) -> list[str]:
        colours = []
        for name in ("desktop-1280", "dark-720"):
            frame = page.frame(name)
            assert frame is not None
            colours.append(frame.evaluate("getComputedStyle(document.body).backgroundColor"))
        return colours

    seen = [gallery.look(chromium, see, color_scheme=scheme) for scheme in ("light", "dark")]
    assert seen[0] == seen[1]
    light, dark = (sum(rgba(colour)[:3]) for colour in seen[0])
    assert dark < light / 4


@pytest.mark.parametrize("width", [375, 1280])
def test_the_page_fits_reads_and_can_be_used(chromium: Any, gallery: Studio, width: int) -> None:
    """No horizontal scroll, every frame whole, contrast ≥ 4.5, text ≥ 14 px, inputs named, light
    and dark."""

    def see(page: Page) -> None:
        for path in ("/", "/nope", "/issues/2021-01?to=nobody@example.org"):
            page.goto(gallery.url + path)
            page.wait_for_function(_FITS)
            assert page.locator("h1").count() == 1, path
            for where, view in viewing.each_view(page, (width,)):
                assert view["wide"] <= view["screen"], (path, where)
                assert viewing.faint(view) == [], (path, where)
                assert viewing.small(view) == [], (path, where)
                assert viewing.unusable(page) == [], (path, where)
                assert page.evaluate(_FITS), (path, where)

    gallery.open(chromium, see, viewport={"width": width, "height": 800})


def test_nothing_in_a_draft_runs(chromium: Any, studio: Studio) -> None:
    """Not even where a theme brings a script: neither in the page nor in a frame opened alone."""
    shelf = studio.file.parent.parent / "themes" / "digest"
    shelf.mkdir(parents=True)
    frame = (files.templates_dir() / "email" / "_base" / "issue.html.j2").read_text("utf-8")
    script = "<script>top.pwned = 1; document.title = 'pwned'</script></body>"
    assert "</body>" in frame
    (shelf / "issue.html.j2").write_text(frame.replace("</body>", script), encoding="utf-8")

    def see(page: Page) -> list[Any]:
        page.reload(wait_until="load")
        found = [page.evaluate("window.pwned ?? null"), page.title()]
        page.goto(f"{studio.url}/issues/2021-01/desktop", wait_until="load")
        assert "<script>" in page.content()
        return [*found, page.evaluate("window.pwned ?? null"), page.title()]

    ran = studio.look(chromium, see)
    assert ran[0] is ran[2] is None
    assert "pwned" not in (ran[1], ran[3])


def test_the_page_works_without_its_script(chromium: Any, gallery: Studio) -> None:
    """Every frame is there, and the form shows a reader's copy."""

    def see(browser: Browser) -> str:
        with closing(browser.new_context(java_script_enabled=False)) as context:
            page = context.new_page()
            page.goto(f"{gallery.url}/issues/2021-01")
            page.get_by_label("Whose copy").fill("nobody@example.org")
            page.get_by_role("button", name="Show").click()
            page.wait_for_url("**to=nobody*", wait_until="load")
            assert page.locator("iframe").count() == 8
            return page.inner_text("#reader")

    assert "nobody of this address" in chromium.run(see)
