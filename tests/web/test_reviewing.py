"""A colleague's page: it shows the frozen version, and only POST says something about it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import readers
from newsroom import Newsroom
from starlette.applications import Starlette

from mailer.app import open_app
from mailer.desk import approving, reviewing
from mailer.ledger.schema import reviews
from mailer.model.approval import Review, ReviewState
from mailer.web import application
from mailer.web.preview_clients import CLIENTS
from mailer.web.reviewing import Reviewing
from mailer.web.site import site_of


@dataclass
class House:
    """A publication's web side, and Bob's review of January's issue."""

    newsroom: Newsroom
    pages: Starlette
    path: str

    def ask(self, method: str = "GET", path: str = "", **more: Any) -> httpx.Response:
        return readers.ask(self.pages, method, f"{self.path}{path}", **more)

    def say(self, verdict: str, comment: str = "") -> httpx.Response:
        return self.ask("POST", data={"verdict": verdict, "comment": comment})

    def review(self) -> Review:
        return reviewing.listed(self.newsroom.app, None)[0]

    def approvals(self) -> list[str]:
        return [word.by for word in approving.history(self.newsroom.app, self.newsroom.compose())]


HouseOf = Callable[..., House]


@pytest.fixture
def house_of(newsroom: Newsroom) -> HouseOf:
    def make(url: str = "https://news.example.org") -> House:
        newsroom.write("timezone =", 'editor = "ed@example.org"\ntimezone =', "mailer.toml")
        newsroom.write("https://news.example.org", url, "mailer.toml")
        newsroom.app.database.close()
        newsroom.app = app = open_app(newsroom.app.folder)
        (asked,) = reviewing.ask(app, newsroom.compose(), ["bob@example.org"], "Ann <i>")
        site = site_of(app)
        pages = application.create(site, Reviewing(site, app).routes())
        return House(newsroom, pages, asked.url.removeprefix("https://news.example.org"))

    return make


@pytest.fixture
def house(house_of: HouseOf) -> House:
    return house_of()


def test_the_page_says_who_asks_what_and_shows_everything(house: House) -> None:
    """The version by its short hash, findings, outline, and a frame for every kind of client."""
    answer = house.ask()
    page = answer.text
    assert answer.status_code == 200
    assert "Ann &lt;i&gt; asks you, bob@example.org, to look at this version" in page
    assert f"<code>{house.review().version[:10]}</code>" in page
    assert "0 errors, 0 warnings" in page
    assert "intro · 2 items · sign-off" in page
    assert re.findall(r'<iframe[^>]* src="([^"]+)"', page) == [
        f"{house.path}/{client.name}" for client in CLIENTS.values() for _ in client.sizes
    ]
    assert ">Approve</button>" in page
    assert ">Send back</button>" in page
    assert "Hello reader." in page
    assert "mailto:" in page
    assert "The file has changed" not in page


def test_every_frame_shows_the_frozen_version(house: House) -> None:
    """Whatever became of the file, which the page tells."""
    house.newsroom.write("Disentangled", "Entangled")
    for client in CLIENTS:
        frame = house.ask(path=f"/{client}")
        assert frame.status_code == 200
        assert "Disentangled" in frame.text
    assert "The file has changed since." in house.ask().text


def test_only_our_own_script_runs_and_none_in_a_frame(house: House) -> None:
    """The policies of page and frame; nothing is kept, told or framed elsewhere."""
    page, frame = house.ask(), house.ask(path="/desktop")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "connect-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    inner = frame.headers["content-security-policy"]
    assert "script" not in inner
    assert "https:" not in inner
    assert inner.endswith("sandbox allow-popups allow-popups-to-escape-sandbox")
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    script = readers.ask(house.pages, "GET", "/fit.js")
    assert script.headers["content-type"].startswith("text/javascript")


def test_looking_changes_nothing(house: House) -> None:
    """Link scanners fetch every address of a mail, with whatever behind it."""
    before = house.review()
    for path in ("", "?verdict=approve", "/desktop", "/nope"):
        for method in ("GET", "HEAD"):
            house.ask(method, path)
    assert house.review() == before
    assert house.approvals() == []


def test_approving_is_one_post(house: House) -> None:
    """It leads back to the page, which says so; the editor is mailed."""
    answer = house.say("approve", "Fine <b>work</b>.")
    assert (answer.status_code, answer.headers["location"]) == (303, house.path)
    page = house.ask().text
    assert "You have approved version" in page
    assert "Fine &lt;b&gt;work&lt;/b&gt;." in page
    assert "<form" not in page
    assert house.approvals() == ["bob@example.org"]
    assert len(list(house.newsroom.app.folder.glob("copies/ed@example.org-*.eml"))) == 1


def test_a_verdict_stays(house: House) -> None:
    """Pressed twice, or otherwise later: the first counts, and is told once."""
    house.say("send back", "A typo.")
    assert house.say("approve").status_code == 303
    assert house.say("send back", "Another.").status_code == 303
    assert (house.review().state, house.review().comment) == (ReviewState.SENT_BACK, "A typo.")
    assert house.approvals() == []
    assert len(list(house.newsroom.app.folder.glob("copies/ed@example.org-*.eml"))) == 1


def test_sending_back_without_a_word_asks_for_one(house: House) -> None:
    """Nothing is saved; a comment that is too long comes back to be shortened."""
    answer = house.say("send back", "  ")
    assert answer.status_code == 422
    assert "Say what should be changed." in answer.text
    assert house.say("send back", "long " * 2500).status_code == 422
    assert "long long" in house.say("send back", "long " * 2500).text
    assert house.review().state is ReviewState.OPEN


def test_a_comment_is_kept_as_lines_without_controls(house: House) -> None:
    house.say("send back", "one\r\ntwo\x1b[31m\x85three\u2028four")
    assert house.review().comment.splitlines()[0] == "one"
    assert "\x1b" not in house.review().comment
    assert "\x85" not in house.review().comment


def test_another_verdict_is_no_verdict(house: House) -> None:
    for verdict in ("", "withdraw", "approved"):
        assert house.say(verdict).status_code == 400
    assert house.review().state is ReviewState.OPEN


def test_a_token_of_another_kind_opens_nothing(house: House) -> None:
    """Neither a reader's link nor one that was cut off, changed or made up."""
    links = house.newsroom.app.links
    token = house.path.rpartition("/")[2]
    strangers = [
        links.unsubscribe(house.review().token).rpartition("/")[2],
        links.review(b"nobody's review!").rpartition("/")[2],
        token[:-1],
        token[:-2] + ("AA" if token[-2:] != "AA" else "BB"),
        "x",
    ]
    for stranger in strangers:
        for method in ("GET", "POST"):
            answer = readers.ask(house.pages, method, f"/r/{stranger}", data={"verdict": "approve"})
            assert answer.status_code == 404, stranger
        assert readers.ask(house.pages, "GET", f"/r/{stranger}/desktop").status_code == 404
    assert readers.ask(house.pages, "POST", f"/u/{token}").status_code == 404
    assert house.review().state is ReviewState.OPEN


def expire(house: House) -> None:
    with house.newsroom.app.database.write() as c:
        past = house.newsroom.app.now() - dt.timedelta(minutes=1)
        c.execute(reviews.update().values(expires_at=past))


def withdraw(house: House) -> None:
    reviewing.withdraw(house.newsroom.app, house.newsroom.compose())


@pytest.mark.parametrize("end", [expire, withdraw])
def test_an_ended_review_shows_and_takes_nothing(
    house: House, end: Callable[[House], None]
) -> None:
    """What is not out yet is nobody's to read for ever."""
    end(house)
    answer = house.ask()
    assert answer.status_code == 410
    assert "This review has ended" in answer.text
    assert "Disentangled" not in answer.text
    assert house.ask(path="/desktop").status_code == 404
    assert house.say("approve").status_code == 303
    assert house.approvals() == []


def test_below_a_path_every_address_is_below_it(house_of: HouseOf) -> None:
    """Frames, script, redirect and pictures."""
    house = house_of("https://news.example.org/letters")
    page = house.ask().text
    assert house.path.startswith("/letters/r/")
    assert 'src="/letters/fit.js"' in page
    assert f'src="{house.path}/desktop"' in page
    assert house.say("approve").headers["location"] == house.path
