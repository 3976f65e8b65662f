"""The inbox: pages are added, laid out as an issue, and leave it once they stand there."""

from __future__ import annotations

from collections.abc import Iterator

import drawing
import pytest
import smallnet
from newsroom import Newsroom
from smallnet import Net

from mailer.app import App
from mailer.desk import inbox, issues, laying_out
from mailer.desk.composing import compose_file
from mailer.desk.inbox import Words, inbox_of, proposed_to
from mailer.desk.past.memory import ran
from mailer.errors import MailerError, NotFound, UsageError
from mailer.intake.inbox.item import InboxItem
from mailer.model.issue import Role

SITE = "http://pictures.example"
PICTURE = drawing.saved(drawing.drawing(40, 20))
HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = """<title>CLIP</title><meta name=description content="Pictures &amp; words">
<meta property="og:image" content="/clip.png"><a href="https://github.com/openai/CLIP">code</a>"""
ANSWERS: smallnet.Answers = {
    "/clip": (200, HTML, PAGE.encode()),
    "/old-clip": (301, {"Location": "/clip"}, b""),
    "/clip.png": (200, {"Content-Type": "image/png"}, PICTURE),
    "/no-picture": (200, HTML, b'<title>N</title><meta property="og:image" content="/clip">'),
    "/paper_of-mine.pdf": (200, {"Content-Type": "application/pdf"}, b"%PDF"),
    "/robots.txt": (200, {}, b"User-agent: *\nDisallow: /closed"),
    "/nameless": (200, HTML, b"<p>text"),
}


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch) -> Iterator[Net]:
    """The network as the publication sees it."""
    with smallnet.serving(ANSWERS) as net:
        net.names["inside.example"] = ["10.0.0.7"]
        monkeypatch.setattr(App, "fetcher", property(lambda _: net.fetcher))
        yield net


def _silent(line: str) -> None:
    pytest.fail(line)


def names(newsroom: Newsroom) -> list[str]:
    return [kept.name for kept in inbox_of(newsroom.app).items(_silent)]


def test_a_page_becomes_an_item(newsroom: Newsroom, net: Net) -> None:
    """With what it says of itself and what the editor says of it; robots.txt was asked first."""
    words = Words(note="It sees.", section="Models")
    added = inbox.add(newsroom.app, f"{SITE}/clip?utm_source=x", words)
    assert added.path == newsroom.app.folder / "inbox" / "clip.md"
    today = newsroom.app.now().astimezone(newsroom.app.timezone).date()
    assert added.item == InboxItem(
        url=f"{SITE}/clip",
        title="CLIP",
        added=today,
        section="Models",
        site="pictures.example",
        description="Pictures & words",
        picture=f"{SITE}/clip.png",
        links={Role.PROJECT: f"{SITE}/clip", Role.SOURCE: "https://github.com/openai/CLIP"},
        note="It sees.",
    )
    assert [path for path, _ in net.asked] == ["/robots.txt", "/clip"]


def test_the_same_page_is_kept_once(newsroom: Newsroom, net: Net) -> None:
    """However its address is written, and where it has moved from."""
    first = inbox.add(newsroom.app, f"{SITE}/clip", Words())
    for address in ("pictures.example/clip/", f"{SITE}/clip#part", f"{SITE}/old-clip"):
        again = inbox.add(newsroom.app, address, Words(note="Other."))
        assert (again.path, again.is_new, again.item) == (first.path, False, first.item)
    assert names(newsroom) == ["clip"]


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("http://inside.example/a", "not on the open net: mend the address, or give a --title"),
        ("http://127.0.0.1/a", "not on the open net"),
        (f"{SITE}/lost", "is not there: the server says 404"),
        (f"{SITE}/closed/a", "is not for programs to read"),
        (f"{SITE}/endless", "has over 5,000,000 bytes"),
        ("file:///etc/passwd", "is no address of the web: write https://"),
        ("two words", "is no address of the web"),
        ("", "is no address of the web"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_nothing_else(
    newsroom: Newsroom, net: Net, address: str, fault: str
) -> None:
    """Nothing half written."""
    with pytest.raises(MailerError, match=fault) as raised:
        inbox.add(newsroom.app, address, Words())
    assert "\n" not in str(raised.value)
    assert not (newsroom.app.folder / "inbox").exists()


def test_with_a_title_nobody_is_asked(newsroom: Newsroom, net: Net) -> None:
    """As on a train."""
    added = inbox.add(newsroom.app, f"{SITE}/lost", Words(title="Lost"))
    assert (added.item.title, added.item.links) == ("Lost", {Role.PROJECT: f"{SITE}/lost"})
    assert net.asked == []


def test_a_login_is_kept_from_readers(newsroom: Newsroom, net: Net) -> None:
    """With a title, too, where no page is read."""
    with pytest.raises(MailerError, match=r"^pictures\.example: there is a login in its"):
        inbox.add(newsroom.app, "https://me:word@pictures.example/clip", Words(title="C"))
    assert not (newsroom.app.folder / "inbox").exists()


def test_what_is_no_page_is_named_by_its_address(newsroom: Newsroom, net: Net) -> None:
    """A file by its name, a page without a title by its host."""
    found = [
        inbox.add(newsroom.app, f"{SITE}/{name}", Words())
        for name in ("paper_of-mine.pdf", "nameless")
    ]
    assert [added.item.title for added in found] == ["paper of mine", "pictures.example"]


def test_what_ran_is_told_and_kept(newsroom: Newsroom, net: Net) -> None:
    """Under the address that it had then, too, which is remembered."""
    newsroom.write("https://example.org/clip", f"{SITE}/old-clip")
    newsroom.compose()
    added = inbox.add(newsroom.app, f"{SITE}/old-clip", Words())
    assert added.item.url == f"{SITE}/clip"
    assert [str(each) for each in added.ran] == ["in January 2021, item 'CLIP'"]
    assert ran(newsroom.app, f"{SITE}/clip") == added.ran


def test_an_item_takes_the_place_of_its_proposal(newsroom: Newsroom, net: Net) -> None:
    """Which is dropped, as items are, by name."""
    proposed = proposed_to(newsroom.app)
    item = inbox.add(newsroom.app, f"{SITE}/nameless", Words(title="Other")).item
    for url in (f"{SITE}/clip/", f"{SITE}/else"):
        proposed.add(InboxItem(url, url[-4:], item.added))
    inbox.add(newsroom.app, f"{SITE}/clip", Words())
    assert [kept.name for kept in proposed.items(_silent)] == ["else"]
    inbox.drop(newsroom.app, "else")
    inbox.drop(newsroom.app, "other")
    assert names(newsroom) == ["clip"]
    with pytest.raises(NotFound):
        inbox.drop(newsroom.app, "else")


def test_an_issue_is_laid_out_from_the_inbox(newsroom: Newsroom, net: Net) -> None:
    """With its pictures; one that cannot be had is told; the check asks for the rest."""
    inbox.add(newsroom.app, f"{SITE}/clip", Words(note="It sees."))
    inbox.add(newsroom.app, f"{SITE}/no-picture", Words(section="Tools", note="It works."))
    told: list[str] = []
    made = laying_out.new_issue(newsroom.app, "2021-02", "February", (), told.append)
    assert (made.path, len(made.taken), made.left) == (newsroom.app.issues / "2021-02.md", 2, 0)
    (line,) = told
    assert "inbox/n.md: its picture is left out: " in line
    picture = newsroom.app.folder / "images" / "2021-02" / "clip.png"
    assert picture.read_bytes() == PICTURE
    composition = compose_file(newsroom.app, made.path)
    assert composition.issue
    assert composition.issue.outline() == "intro · 1 section · 2 items · sign-off"
    errors = {f.rule for f in composition.findings if f.severity == "error"}
    assert errors == {"left-over"}
    assert all(kept.item.issue == "2021-02" for kept in inbox_of(newsroom.app).items(_silent))


def test_what_is_left_over_stays_for_the_next_issue(newsroom: Newsroom, net: Net) -> None:
    """What was not named, and what the editor took out of the issue again; what stands there is
    done."""
    for name in ("clip", "nameless", "no-picture"):
        inbox.add(newsroom.app, f"{SITE}/{name}", Words())
    made = laying_out.new_issue(newsroom.app, "2021-02", "F", ("clip", "n"), lambda _: None)
    assert [kept.name for kept in made.taken] == ["clip", "n"]
    assert made.left == 1
    text = made.path.read_text(encoding="utf-8")
    kept, _, left = text.partition("## N\n")
    made.path.write_text(kept + left.partition("\n---\n")[2], encoding="utf-8")
    again = laying_out.new_issue(newsroom.app, "2021-03", "M", (), lambda _: None)
    assert [each.name for each in again.taken] == ["n", "pictures-example"]
    assert names(newsroom) == ["n", "pictures-example"]


def test_what_is_done_stays_in_the_inbox_where_no_issue_is_laid_out(
    newsroom: Newsroom, net: Net
) -> None:
    inbox.add(newsroom.app, f"{SITE}/clip", Words())
    laying_out.new_issue(newsroom.app, "2021-02", "F", (), _silent)
    with pytest.raises(UsageError, match="nothing waits in the inbox"):
        laying_out.new_issue(newsroom.app, "2021-03", "M", (), _silent)
    assert names(newsroom) == ["clip"]


def test_nothing_is_laid_out_of_nothing(newsroom: Newsroom, net: Net) -> None:
    """Nor twice under one name, nor what is not there; and then nothing is written."""
    with pytest.raises(UsageError, match="nothing waits in the inbox"):
        laying_out.new_issue(newsroom.app, "2021-02", "F", (), _silent)
    inbox.add(newsroom.app, f"{SITE}/clip", Words())
    with pytest.raises(NotFound, match="no such item waits"):
        laying_out.new_issue(newsroom.app, "2021-02", "F", ("other",), _silent)
    with pytest.raises(UsageError, match="is there already"):
        laying_out.new_issue(newsroom.app, "2021-01", "J", (), _silent)
    assert [entry.id for entry in issues.listed(newsroom.app)] == ["2021-01"]
    assert not (newsroom.app.folder / "images" / "2021-02").exists()
