"""The way of a reader through every page, in Chromium without scripts and by keyboard alone."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import newsroom
import publication
import pytest
import reception
import viewing
from letterbox import Mail
from peers import nu
from playwright.sync_api import Browser, Page, Response
from reception import ANN, Reception

from mailer.desk import publishing, report, setup
from mailer.desk.composing import compose_file
from mailer.ledger import archive, editions
from mailer.web import report_page, server, static
from mailer.web.application import create
from mailer.web.site import site_of
from mailer.web.visiting import Visiting

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]

NEW = "ann@example.net"
_ACTIVE = "() => (document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim()"
PAYLOADS = "\"'><img src=x onerror=window.pwned=1><svg onload=window.pwned=1>{{7*7}}"


@dataclass
class Hall:
    """A reception on a port of its own. `seen` are the pages as they were, `sources` as they
    came."""

    front: Reception
    url: str
    erased: list[str]
    seen: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    def mail(self, to: str, subject: str) -> Mail:
        """The one that the clerk mails in a moment."""
        for _ in range(200):
            found = [m for m in reception.letterbox.read(self._folder) if m.to == to]
            fits = [m for m in found if subject in m.subject]
            if fits:
                return fits[-1]
            time.sleep(0.05)
        raise AssertionError(f"no mail {subject!r} to {to}")

    @property
    def _folder(self) -> Path:
        return self.front.app.folder / "copies"

    def open(self, page: Page, path: str) -> None:
        self.look(page, page.goto(self.url + path))

    def look(self, page: Page, answer: Response | None) -> None:
        assert answer is not None
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
        self.seen.append(page.content())
        self.sources.append(answer.text())

    def press(self, page: Page, name: str) -> None:
        """Tab to the button of that name, and Enter."""
        self.reach(page, name)
        with page.expect_navigation() as navigation:
            page.keyboard.press("Enter")
        self.look(page, navigation.value)

    def walk(self, browser: Browser) -> None:
        """A reader's whole way, on a small screen."""
        options = {"java_script_enabled": False, "viewport": {"width": 320, "height": 640}}
        with closing(browser.new_context(locale="en-GB", **options)) as context:
            _story(self, context.new_page())

    def reach(self, page: Page, name: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate(_ACTIVE).startswith(name):
                return
        raise AssertionError(f"{name!r} cannot be reached by Tab")


def hall_of(stack: ExitStack, folder: Path, changes: dict[str, str]) -> Hall:
    listener = stack.enter_context(server.listen("127.0.0.1", 0))
    url = server.address(listener)
    free = "1000/second"
    front = reception.make(folder, {"https://news.example.org": url, **changes})
    front = front.with_forms(per_ip=free, per_address=free, least=reception.dt.timedelta(0))
    erased: list[str] = []
    visiting = Visiting(front.site, lambda _email: b"", erased.append)
    front = dataclasses.replace(front, application=create(front.site, visiting.routes()))
    stack.callback(front.app.database.close)
    stack.enter_context(server.running(front.application, listener))
    return Hall(front, url, erased)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with ExitStack() as stack:
        made = hall_of(stack, tmp_path / "news", {})
        publishing.publish(made.front.app, newsroom.Newsroom(made.front.app).compose())
        yield made


def test_a_reader_gets_in_and_out_by_keyboard_and_axe_finds_nothing(
    chromium: Any, hall: Hall
) -> None:
    """At 320 pixels, without scripts; every page on the way is judged against WCAG 2.2 AA."""

    def judge(browser: Browser) -> list[str]:
        with closing(browser.new_context(bypass_csp=True)) as context:
            page = context.new_page()
            return [fault for html in hall.seen for fault in _axe(page, html)]

    chromium.run(hall.walk)
    assert len(hall.seen) > 20
    assert chromium.run(judge) == []
    assert hall.erased == [NEW]


@pytest.mark.soak
def test_every_page_the_archive_and_the_report_are_valid_html(
    chromium: Any, hall: Hall, tmp_path: Path
) -> None:
    """As the Nu checker has it; the archive is that of the example, and an issue in Arabic."""
    chromium.run(hall.walk)
    documents = {f"page {number}": source for number, source in enumerate(hall.sources)}
    assert len(documents) > 20
    room = newsroom.Newsroom(hall.front.app)
    room.add(1)
    documents["report"] = report_page.page(room.app, report.report(room.app, room.send()))
    for path in archive_of(tmp_path).rglob("*.html"):
        documents[str(path.relative_to(tmp_path))] = path.read_text(encoding="utf-8")
    print(f"{len(documents)} pages")
    faults = {name: found for name, found in nu.errors(documents).items() if found}
    assert faults == {}


def archive_of(folder: Path) -> Path:
    """As files."""
    app = setup.init(folder / "example", example=True)
    text = newsroom.JANUARY.replace("id: 2021-01", "id: 2021-02\nlang: ar")
    (app.folder / "issues" / "2021-02.md").write_text(text, encoding="utf-8")
    for file in sorted((app.folder / "issues").glob("*.md")):
        publishing.publish(app, compose_file(app, file))
    static.build(site_of(app), folder / "public")
    app.database.close()
    return folder / "public"


def _axe(page: Page, html: str) -> list[str]:
    page.set_content(html)
    return viewing.axe(page)


def _story(hall: Hall, page: Page) -> None:
    hall.open(page, "/")
    hall.open(page, "/?q=clip")
    hall.open(page, "/subscribe")
    hall.reach(page, "E-mail address")
    page.keyboard.type("nobody@x")
    hall.press(page, "Subscribe")
    hall.reach(page, "E-mail address")
    page.keyboard.press("Control+A")
    page.keyboard.type(ANN)
    hall.press(page, "Subscribe")
    hall.open(page, hall.mail(ANN, "Please confirm").link("c"))
    hall.press(page, "Yes, send it to me")
    hall.press(page, "Your preferences")
    hall.reach(page, "First name")
    page.keyboard.type("Ann")
    hall.press(page, "Save")
    hall.press(page, "Mail me the link")
    hall.open(page, hall.mail(ANN, "Your link").link("a"))
    hall.press(page, "Begin")
    hall.reach(page, "New address")
    page.keyboard.type(NEW)
    hall.press(page, "Change it")
    hall.open(page, hall.mail(NEW, "confirm your new address").link("m"))
    hall.press(page, "Yes, write to me there")
    hall.open(page, "/me")
    welcome = hall.mail(ANN, "Welcome")
    hall.open(page, welcome.link("u"))
    hall.press(page, "Unsubscribe")
    hall.reach(page, "It came too often")
    page.keyboard.press("Space")
    hall.press(page, "Send")
    hall.press(page, "Undo")
    hall.open(page, welcome.link("p"))
    hall.press(page, "Leave all lists")
    hall.press(page, "Mail me the link")
    hall.open(page, hall.mail(NEW, "Your link").link("a"))
    hall.press(page, "Begin")
    hall.reach(page, "Yes, erase all of it")
    page.keyboard.press("Space")
    hall.press(page, "Erase it")
    for path in ("/c/x", "/nope", "/me"):
        hall.open(page, path)


def test_what_people_and_editors_write_is_text_and_never_runs(
    chromium: Any, tmp_path: Path
) -> None:
    """In every field that a page or the archive shows, with scripts allowed in the browser."""
    quoted = PAYLOADS.replace("\\", "\\\\").replace('"', '\\"')
    changes = {
        'name = "News"': f'name = "{quoted}"',
        'tagline = ""': f'tagline = "{quoted}"',
        'address = "1 Example Street"': f'address = "{quoted}"',
    }
    with ExitStack() as stack:
        hall = hall_of(stack, tmp_path / "news", changes)
        paths = _hostile_paths(hall)

        def visit(browser: Browser) -> list[str]:
            with closing(browser.new_context()) as context:
                page = context.new_page()
                return [path for path in paths if _ran(page, hall.url + path)]

        assert chromium.run(visit) == []


def _hostile_paths(hall: Hall) -> list[str]:
    front = hall.front
    app, now = front.app, front.clock.now
    app.store.create_list("hostile", PAYLOADS, "hostile.example.org", now)
    edition = publication.edition(title=PAYLOADS, page="<!DOCTYPE html><title>x</title><p>x")
    with app.database.write() as c:
        archive.post(c, edition, editions.store(c, edition, (), now), "a test", now)
    front.sign_up(ANN, list="hostile", name=PAYLOADS)
    confirm = hall.mail(ANN, "Please confirm").link("c")
    front.post(confirm, {})
    welcome = hall.mail(ANN, "Welcome")
    leave = welcome.link("u")
    front.post(leave, {"page": "unsubscribe"})
    front.post(leave, {"words": PAYLOADS})
    query = reception.urlencode({"q": PAYLOADS, "lang": PAYLOADS, "list": PAYLOADS})
    return [
        *("/", f"/?{query}", f"/subscribe?{query}", "/issues/2021-01", f"/nope?{query}"),
        *(confirm, leave, welcome.link("p"), f"/u/{reception.urlencode({'x': PAYLOADS})}"),
    ]


def _ran(page: Page, url: str) -> bool:
    page.goto(url)
    assert "pwned" in page.content() or "/u/" in url or "/issues/" in url, url
    return page.evaluate("window.pwned ?? null") is not None
