"""Feeds propose what is new, once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import smallnet
from newsroom import Newsroom
from smallnet import Net

from mailer.app import App, open_app
from mailer.desk import inbox
from mailer.desk.inbox import Words, proposed_to
from mailer.desk.proposing import propose
from mailer.errors import UsageError

SITE = "http://pictures.example"


def feed(*links: str, date: str = "") -> bytes:
    items = "".join(
        f"<item><title>About {link}</title><link>{SITE}/{link}</link>{date}</item>"
        for link in links
    )
    return f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'.encode()


@pytest.fixture
def answers() -> dict[str, tuple[int, dict[str, str], bytes]]:
    old = "<pubDate>Tue, 12 Jan 2010 09:00:00 GMT</pubDate>"
    return {
        "/feed": (200, {"ETag": '"1"'}, feed("a", "b?utm_source=feed", "a#again")),
        "/old": (200, {}, feed("old", date=old)),
        "/page": (200, {}, b"<title>A page</title>"),
    }


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch, answers: smallnet.Answers) -> Iterator[Net]:
    with smallnet.serving(answers) as net:
        monkeypatch.setattr(App, "fetcher", property(lambda _: net.fetcher))
        yield net


def with_feeds(newsroom: Newsroom, *paths: str) -> App:
    toml = newsroom.app.folder / "mailer.toml"
    feeds = ", ".join(f'"{SITE}/{path}"' for path in paths)
    toml.write_text(toml.read_text(encoding="utf-8") + f"\n[inbox]\nfeeds = [{feeds}]\n", "utf-8")
    return open_app(newsroom.app.folder)


def proposals(app: App) -> list[str]:
    return [kept.item.url for kept in proposed_to(app).items(pytest.fail)]


def test_what_is_new_is_proposed_once(
    newsroom: Newsroom, net: Net, answers: dict[str, tuple[int, dict[str, str], bytes]]
) -> None:
    """Not what is old, in the inbox or dropped; the feed is asked only for what has changed."""
    app = with_feeds(newsroom, "feed", "old")
    assert len(propose(app, pytest.fail)) == 2
    assert proposals(app) == [f"{SITE}/a", f"{SITE}/b"]
    assert propose(app, pytest.fail) == []
    assert [headers.get("If-None-Match") for path, headers in net.asked if path == "/feed"] == [
        None,
        '"1"',
    ]
    inbox.drop(app, proposed_to(app).items(pytest.fail)[0].name)
    inbox.add(app, f"{SITE}/c", Words(title="C"))
    answers["/feed"] = (200, {"ETag": '"2"'}, feed("a", "b", "c", "d"))
    assert [path.stem for path in propose(app, pytest.fail)] == ["about-d"]


def test_what_ran_is_not_proposed(newsroom: Newsroom, net: Net) -> None:
    """As far as the last check knew."""
    newsroom.write("https://example.org/clip", f"{SITE}/a")
    newsroom.compose()
    app = with_feeds(newsroom, "feed")
    propose(app, pytest.fail)
    assert proposals(app) == [f"{SITE}/b"]


def test_a_feed_in_trouble_keeps_no_other_from_proposing(newsroom: Newsroom, net: Net) -> None:
    """Each is told in a line."""
    told: list[str] = []
    app = with_feeds(newsroom, "lost", "page", "feed")
    assert len(propose(app, told.append)) == 2
    assert told == [
        f"{SITE}/lost is not there: the server says 404: the feed proposes nothing today",
        f"{SITE}/page is no feed of RSS or Atom: mend it in mailer.toml",
    ]


def test_without_feeds_there_is_nothing_to_ask(newsroom: Newsroom) -> None:
    """And the message says where to name them."""
    with pytest.raises(UsageError, match="no feeds: write feeds"):
        propose(newsroom.app, pytest.fail)
