from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import newsroom
import pytest
import readers

from mailer import files
from mailer.app import App
from mailer.errors import NotFound
from mailer.web import preview
from mailer.web.preview_changes import Changes
from mailer.web.preview_clients import CLIENTS
from mailer.web.preview_drafts import Drafts
from subscribers.model import Consent, SubscriptionStatus

_JANUARY = """---
id: 2021-01
title: "January <i>"
preheader: The month in short
---
Hello {{ first_name | default("reader") }}.

## An item
Availability: [project page](https://example.org/a)

![A dot](images/dot.png)

---
Bye.
"""


@dataclass
class Desk:
    """A publication with one issue, one subscriber, and the preview over it."""

    app: App
    drafts: Drafts

    @property
    def file(self) -> Path:
        return self.app.folder / "issues" / "2021-01.md"

    def save(self, text: str) -> None:
        self.file.write_text(text, encoding="utf-8")
        self.drafts.changes.tell()

    def ask(self, path: str, **more: Any) -> httpx.Response:
        headers = {"host": "127.0.0.1:8000"}
        return readers.ask(preview.create(self.drafts), "GET", path, headers=headers, **more)

    def page(self, path: str = "/issues/2021-01") -> str:
        answer = self.ask(path)
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    app = newsroom.make(tmp_path / "news").app
    consent, confirmed = Consent("a form", "yes"), SubscriptionStatus.CONFIRMED
    own = {"first_name": "Ann & Co"}
    app.store.add("ann@example.org", "monthly", own, consent, confirmed, app.now())
    made = Desk(app, Drafts(app, None, Changes()))
    made.save(_JANUARY)
    yield made
    app.database.close()


def test_without_a_file_the_issue_files_are_listed(desk: Desk) -> None:
    """By title, each with a page of its own."""
    page = desk.page("/")

    assert 'href="/issues/2021-01"' in page
    assert "January &lt;i&gt;" in page


def test_the_latest_issue_file_is_the_first_of_the_list(desk: Desk) -> None:
    later = desk.file.with_name("2020-later.md")
    later.write_text(_JANUARY.replace("id: 2021-01", "id: later\ndate: 2021-02-28"), "utf-8")
    desk.save(_JANUARY.replace("id: 2021-01", "id: 2021-01\ndate: 2021-01-31"))

    page = desk.page("/")

    assert page.index("/issues/2020-later") < page.index("/issues/2021-01")


def test_many_warnings_fold(desk: Desk) -> None:
    """Three are shown, and every error; a page without a title is headed by the file's name."""
    links = " ".join(f"[here](http://example.org/{n})" for n in range(6))
    desk.save(_JANUARY.replace("Bye.", links).replace('title: "January <i>"', 'title: ""'))

    shown, _, folded = desk.page().partition("<details>")

    assert shown.count('class="kind">Warning') == 3
    assert re.search(r"<summary>\d+ more warnings</summary>", folded)
    assert "2021-01.md</span></h1>" in shown


def test_without_an_issue_the_list_says_how_to_begin(desk: Desk) -> None:
    desk.file.unlink()

    assert "mailer issue new" in desk.page("/")


def test_with_a_file_only_that_one_is_shown(desk: Desk) -> None:
    """The front page leads to it; no other file is opened."""
    (desk.app.folder / "issues" / "other.md").write_text(_JANUARY, encoding="utf-8")
    alone = Desk(desk.app, Drafts(desk.app, desk.file, Changes()))

    assert alone.ask("/").headers["location"] == "/issues/2021-01"
    assert alone.ask("/issues/2021-01").status_code == 200
    assert alone.ask("/issues/other").status_code == 404


def test_the_contact_sheet_has_every_client_the_text_and_the_source(desk: Desk) -> None:
    """Each client in a sandbox without scripts, at its widths; phones at 375 and 320."""
    page = desk.page()

    for client in CLIENTS.values():
        for width, _ in client.sizes:
            assert f'id="{client.name}-{width}"' in page
    sandboxes = re.findall(r'sandbox="([^"]*)"', page)
    assert len(sandboxes) == page.count("<iframe") == 8
    assert not any("script" in each or "form" in each for each in sandboxes)
    assert "Text edition" in page
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in page
    assert "&lt;!DOCTYPE html&gt;" in page


def test_an_inbox_row_shows_sender_subject_and_preheader(desk: Desk) -> None:
    page = desk.page()

    assert '<span class="subject" dir="auto">January &lt;i&gt;</span>' in page
    assert '<span class="preheader" dir="auto">The month in short' in page
    assert "on-desktop" in page
    assert "on-phone" in page


def test_outline_and_findings_stand_beside_it(desk: Desk) -> None:
    """Headings with their lines; findings with rule, place and how to mend them."""
    page = desk.page()

    assert "intro · 1 item · sign-off" in page
    assert 'data-anchor="an-item"' in page
    assert "line 8" in page
    assert "picture-missing" in page
    assert ">mend its name, or put it into images/<" in page
    assert "2021-01.md:11" in page


def test_what_the_editor_lets_stand_is_counted(desk: Desk) -> None:
    """And not shown among the findings."""
    assert "allowed" not in desk.page()
    text = _JANUARY.replace("https://example.org/a", "http://example.org/a")
    desk.save(text.replace("id: 2021-01", "allow:\n  link-http: an old site"))
    page = desk.page()
    assert "0 warnings, 1 allowed" in page
    assert "link-http" not in page.split("In an inbox")[0]


def test_a_subscribers_copy_has_their_values(desk: Desk) -> None:
    """By the address in the form, escaped as on the wire; nobody's copy has the default."""
    assert "Hello reader." in desk.ask("/issues/2021-01/desktop").text
    assert "Hello Ann &amp; Co." in desk.ask("/issues/2021-01/desktop?to=ann@example.org").text
    page = desk.page("/issues/2021-01?to=ANN@example.org")
    assert "Hello Ann &amp; Co." in page
    assert "To: ann@example.org" in page


def test_no_link_of_a_shown_copy_is_the_subscribers_own(desk: Desk) -> None:
    """A click in the preview unsubscribes nobody."""
    page = desk.page("/issues/2021-01?to=ann@example.org")
    token = desk.app.store.show("ann@example.org").subscriptions[0].token

    assert "/u/sample" in page
    assert desk.app.links.unsubscribe(token) not in page


@pytest.mark.parametrize("wrong", ["nobody@example.org", "no address", "<script>"])
def test_an_unknown_reader_is_told_and_nobodys_copy_shown(desk: Desk, wrong: str) -> None:
    answer = desk.ask("/issues/2021-01", params={"to": wrong})

    assert answer.status_code == 200
    assert "Below is nobody’s copy" in answer.text
    assert "Hello reader." in answer.text
    assert "<script>" not in answer.text


def test_a_slot_without_a_value_is_told(desk: Desk) -> None:
    """What the send would refuse for this reader."""
    desk.save(_JANUARY.replace("Hello", "Hello {{ nickname }}"))

    assert "no value for nickname" in desk.page("/issues/2021-01?to=ann@example.org")
    assert "Hello [nickname]" in desk.page()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("---\ntitle: [\n---\n", "front-matter"),
        ("no front matter", "front-matter"),
        ("---\ntitle: x\n---\n" + "x" * 2_000_001, "over 2,000,000 bytes"),
    ],
)
def test_a_broken_file_keeps_its_last_good_version(desk: Desk, text: str, told: str) -> None:
    """With the errors above it; mended, it is shown anew."""
    before = desk.ask("/issues/2021-01/desktop").text
    desk.save(text)

    page = desk.page()
    assert "below is its last good version" in page
    assert told in page
    assert desk.ask("/issues/2021-01/desktop").text == before
    desk.save(_JANUARY.replace("Bye", "Farewell"))
    assert "last good version" not in desk.page()
    assert "Farewell" in desk.ask("/issues/2021-01/desktop").text


def test_a_file_that_never_was_good_shows_its_errors(desk: Desk) -> None:
    """And no frames, which would have nothing to show."""
    desk.file.write_bytes(b"\xff")
    desk.drafts.changes.tell()

    page = desk.page()
    assert "cannot be shown yet" in page
    assert "not UTF-8 at byte 0" in page
    assert "<iframe" not in page
    assert desk.ask("/issues/2021-01/desktop").status_code == 404


def test_a_broken_configuration_is_told_and_mended_without_a_restart(desk: Desk) -> None:
    """mailer.toml is read anew after a save, as everything else."""
    toml = desk.app.folder / "mailer.toml"
    good = toml.read_text(encoding="utf-8")
    desk.page()
    toml.write_text("[publication", encoding="utf-8")
    desk.drafts.changes.tell()
    assert "mailer.toml" in desk.page()
    toml.write_text(good.replace('name = "News"', 'name = "Neurodigest"'), encoding="utf-8")
    desk.drafts.changes.tell()

    assert "Neurodigest" in desk.ask("/issues/2021-01/desktop").text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{{ nowhere }}", "themes/digest/issue.html.j2:1: &#39;nowhere&#39; is undefined"),
        (b"\xff", "a fault of the program or of a theme: UnicodeDecodeError"),
    ],
)
def test_a_theme_that_fails_is_told_in_one_line(desk: Desk, content: bytes, told: str) -> None:
    """No traceback, whatever the fault is."""
    shelf = desk.app.folder / "themes" / "digest"
    shutil.copytree(files.templates_dir() / "email" / "digest", shelf)
    (shelf / "issue.html.j2").write_bytes(content)
    desk.drafts.changes.tell()

    page = desk.page()
    assert told in page
    assert "Traceback" not in page


def test_a_picture_is_served_by_its_name(desk: Desk) -> None:
    """Only those that a draft shows."""
    source = files.templates_dir() / "example" / "images" / "2021-01" / "clip.png"
    picture = desk.app.folder / "images" / "dot.png"
    picture.parent.mkdir(exist_ok=True)
    picture.write_bytes(source.read_bytes())
    desk.drafts.changes.tell()
    shown = re.search(r'src="(/pictures/[^"]+)"', desk.ask("/issues/2021-01/desktop").text)

    assert shown is not None
    answer = desk.ask(shown[1])
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert desk.ask("/pictures/other.png").status_code == 404


def test_only_our_own_script_runs_and_none_in_a_frame(desk: Desk) -> None:
    """The policies of page and frame."""
    page = desk.ask("/issues/2021-01").headers["content-security-policy"]
    frame = desk.ask("/issues/2021-01/desktop").headers["content-security-policy"]

    assert "default-src 'none'" in page
    assert "script-src 'self'" in page
    assert "unsafe" not in page
    assert "default-src 'none'" in frame
    assert "script" not in frame
    assert "https:" not in frame
    assert "frame-ancestors 'self'" in frame
    assert "sandbox allow-popups" in frame
    assert desk.ask("/preview.js").headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "path", ["/nope", "/issues/nope", "/issues/2021-01/nope", "/issues/..%2Fmailer"]
)
def test_what_is_not_there_is_a_404_page(desk: Desk, path: str) -> None:
    answer = desk.ask(path)

    assert answer.status_code == 404
    assert "There is no such draft" in answer.text


def test_another_site_cannot_read_a_draft(desk: Desk) -> None:
    """A name that was bent to point at this machine is refused."""
    application = preview.create(desk.drafts)

    answer = readers.ask(application, "GET", "/", headers={"host": "evil.example"})

    assert answer.status_code == 400


def test_a_draft_is_composed_once_for_each_save(desk: Desk) -> None:
    """Eight frames ask for it at once."""
    first = desk.drafts.of(desk.file)

    assert desk.drafts.of(desk.file) is first
    desk.drafts.changes.tell()
    assert desk.drafts.of(desk.file) is not first


def test_a_file_that_is_not_there_is_refused_at_once(desk: Desk) -> None:
    """Before anything listens."""
    with pytest.raises(NotFound, match="no such file"):
        preview.serve(desk.app, Path("nope.md"), 0)


def test_a_file_name_that_is_no_text_spoils_no_page(desk: Desk) -> None:
    """The list shows it with a mark where its half character is."""
    folder = desk.file.parent
    (folder / os.fsdecode(b"entr\xe9e.md")).write_bytes(desk.file.read_bytes())
    desk.drafts.changes.tell()
    page = desk.page("/")
    assert "2021-01.md" in page
    assert "entr?e.md" in page
    assert 'href="/issues/entr%E9e"' in page


@pytest.fixture
def blocks(desk: Desk) -> Desk:
    """With blocks for `anns`, where Ann is, and for `others`, where she is not."""
    desk.app.store.segments.save("anns", 'first_name = "Ann & Co"', False, desk.app.now())
    desk.app.store.segments.save("others", "first_name is not set", False, desk.app.now())
    inside = "::: audience anns\nFor Ann.\n:::\n\n::: audience others\nFor others.\n:::\n\n"
    desk.save(_JANUARY.replace("![A dot]", f"{inside}![A dot]"))
    return desk


def test_blocks_for_audiences_are_shown_to_nobody_as_they_are_ticked(blocks: Desk) -> None:
    """All of them at first; each frame shows what the page says."""
    whole = blocks.ask("/issues/2021-01/desktop").text
    assert "For Ann." in whole
    assert "For others." in whole
    assert 'name="for" value="anns" checked' in blocks.page()
    page = blocks.page("/issues/2021-01?to=&chosen=&for=others")
    assert 'name="for" value="anns">' in page
    assert "chosen=&amp;for=others" in page
    some = blocks.ask("/issues/2021-01/desktop?chosen=&for=others").text
    assert "For Ann." not in some
    assert "For others." in some


def test_a_subscribers_copy_has_the_blocks_of_their_segments(blocks: Desk) -> None:
    """Whatever is ticked, since the copy would be that."""
    shown = blocks.ask("/issues/2021-01/desktop?to=ann@example.org&chosen=").text
    assert "For Ann." in shown
    assert "For others." not in shown
    assert 'name="for"' not in blocks.page("/issues/2021-01?to=ann@example.org")
