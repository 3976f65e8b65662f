"""Mail to the inbox becomes items, if it comes from who may write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import smallnet
from newsroom import Newsroom

from mailer.app import App, open_app
from mailer.desk.inbox import inbox_of
from mailer.desk.inbox_mail import is_inbox, take_mail

SITE = "http://pictures.example"
ANSWERS: smallnet.Answers = {"/a": (200, {"Content-Type": "text/html"}, b"<title>Page A</title>")}


@pytest.fixture
def app(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    toml = newsroom.app.folder / "mailer.toml"
    more = (
        '\n[bounces]\naddress = "b@news.example.org"\nlisten = "lmtp://127.0.0.1:8024"\n'
        '[inbox]\naddress = "Inbox@bücher.example"\nfrom = ["ann@example.org"]\n'
    )
    toml.write_text(toml.read_text(encoding="utf-8") + more, encoding="utf-8")
    with smallnet.serving(ANSWERS) as net:
        monkeypatch.setattr(App, "fetcher", property(lambda _: net.fetcher))
        yield open_app(newsroom.app.folder)


def letter(text: str, sender: str = "Ann <ANN@example.org>") -> bytes:
    return f"From: {sender}\nSubject: A find\n\n{text}\n".encode()


def kept(app: App) -> list[tuple[str, str]]:
    return [(each.item.title, each.item.note) for each in inbox_of(app).items(pytest.fail)]


def test_a_link_becomes_an_item_with_what_was_said(app: App) -> None:
    """Once, however often it comes."""
    told: list[str] = []
    assert take_mail(app, letter(f"Read this!\n{SITE}/a"), told.append) == 1
    assert take_mail(app, letter(f"Again: {SITE}/a"), told.append) == 0
    assert (kept(app), told) == ([("Page A", "Read this!")], [])


def test_a_page_that_cannot_be_read_is_called_by_the_subject(app: App) -> None:
    """And the log says why; of several links none has the words."""
    told: list[str] = []
    assert take_mail(app, letter(f"{SITE}/lost and {SITE}/a"), told.append) == 2
    assert kept(app) == [("A find", ""), ("Page A", "")]
    assert told == [
        f"an item without its page: {SITE}/lost is not there: the server says 404: "
        "mend the address, or give a --title to keep it unread"
    ]


def test_an_address_with_a_login_is_left_and_the_log_does_not_have_it(app: App) -> None:
    told: list[str] = []
    content = letter(f"http://me:secret@pictures.example/b and {SITE}/a")
    assert take_mail(app, content, told.append) == 1
    assert kept(app) == [("Page A", "")]
    assert "there is a login in its address" in told[0]
    assert "secret" not in "".join(told)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (letter(f"{SITE}/a", "bob@example.org"), "not in inbox.from"),
        (letter(f"{SITE}/a", ""), "not in inbox.from"),
        (letter(f"{SITE}/a", "ann@example.org.evil.example"), "not in inbox.from"),
        (b"", "not in inbox.from"),
        (letter("No link."), "links to nothing"),
    ],
)
def test_other_mail_is_left(app: App, content: bytes, why: str) -> None:
    """With a line in the log, and no answer."""
    told: list[str] = []
    assert take_mail(app, content, told.append) == 0
    assert why in told[0]
    assert kept(app) == []


def test_the_inbox_is_known_by_its_address(app: App, newsroom: Newsroom) -> None:
    """In any letter case, its domain in either form; a publication without one has none."""
    for address in ("inbox@bücher.example", "INBOX@xn--bcher-kva.example"):
        assert is_inbox(app, address)
    assert not is_inbox(app, "other@bücher.example")
    assert not is_inbox(app, "\udcff@\udcff")
    assert not is_inbox(newsroom.app, "inbox@bücher.example")
