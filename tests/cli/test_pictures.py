"""Where the pictures of a mail are: on the publication's web side, elsewhere, or in the mail."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import drawing
import pytest

Command = Callable[..., Any]
PICTURE = "\n![A diagram](images/a.png)\n\n---\n"


@pytest.fixture
def illustrated(news: Path) -> Path:
    """The publication with a picture in its issue."""
    (news / "images" / "a.png").write_bytes(drawing.saved(drawing.drawing()))
    issue = news / "issues" / "2021-01.md"
    text = issue.read_text(encoding="utf-8").replace("\n---\nBye", f"{PICTURE}Bye")
    issue.write_text(text, encoding="utf-8")
    return news


def configure(news: Path, line: str, table: str = "[publication]") -> None:
    toml = (news / "mailer.toml").read_text(encoding="utf-8")
    text = toml.replace(f"{table}\n", f"{table}\n{line}\n", 1)
    (news / "mailer.toml").write_text(text, encoding="utf-8")


def sources(html: str) -> list[str]:
    return re.findall(r'<img[^>]* src="([^"]*)"', html)


def html_of(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def read(path: Path) -> EmailMessage:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def sent(mailer: Command, news: Path, *words: str) -> EmailMessage:
    """The one copy that a send leaves in the folder."""
    assert mailer("send", "issues/2021-01.md", *words).status == 0
    (copy,) = (news / "copies").glob("**/*.eml")
    return read(copy)


def test_pictures_are_linked_on_the_web_side(mailer: Command, illustrated: Path) -> None:
    """The default: the mail holds no picture, and its HTML names one by its content."""
    message = sent(mailer, illustrated, "--yes")
    (source,) = sources(html_of(message))
    assert re.fullmatch(r"https://news\.example\.org/pictures/[0-9a-f]{20}\.png", source)
    assert [p.get_content_type() for p in message.iter_parts()] == ["text/plain", "text/html"]


def test_pictures_served_elsewhere_are_cited_there(
    mailer: Command, illustrated: Path, tmp_path: Path
) -> None:
    """`render --out` writes the files to be put there, and cites them like a send does."""
    configure(illustrated, 'images_url = "https://cdn.example.net/news/"')
    out = tmp_path / "out"
    assert mailer("issue", "render", "issues/2021-01.md", "--out", str(out)).status == 0
    (file,) = (out / "pictures").iterdir()
    url = f"https://cdn.example.net/news/{file.name}"
    assert sources((out / "2021-01.html").read_text(encoding="utf-8")) == [url]
    assert sources(html_of(sent(mailer, illustrated, "--yes"))) == [url]


@pytest.mark.parametrize("words", [("--yes",), ("--test", "ann@example.org")])
def test_attached_pictures_travel_in_the_mail(
    mailer: Command, illustrated: Path, words: tuple[str, ...]
) -> None:
    """To readers, from the stored edition, and to testers alike."""
    configure(illustrated, 'images = "attached"')
    message = sent(mailer, illustrated, *words)
    _, related = message.iter_parts()
    _, picture = related.iter_parts()
    assert sources(html_of(message)) == [f"cid:{picture['Content-ID'].strip('<>')}"]
    assert drawing.opened(picture.get_content()).size == (800, 400)


def test_a_test_carries_its_pictures_while_the_web_side_does_not_answer(
    mailer: Command, illustrated: Path
) -> None:
    """And says so in a line."""
    toml = (illustrated / "mailer.toml").read_text(encoding="utf-8")
    toml = toml.replace("https://news.example.org", "http://127.0.0.1:9")
    (illustrated / "mailer.toml").write_text(toml, encoding="utf-8")
    answer = mailer("send", "issues/2021-01.md", "--test", "ann@example.org")
    assert answer.status == 0
    assert "the pictures travel in this mail, since http://127.0.0.1:9 does not" in answer.err
    (copy,) = (illustrated / "copies").glob("**/*.eml")
    (source,) = sources(html_of(read(copy)))
    assert source.startswith("cid:")


def test_a_rendered_issue_with_attached_pictures_can_be_looked_at(
    mailer: Command, illustrated: Path, tmp_path: Path
) -> None:
    """The HTML file finds them beside it, the .eml carries them."""
    configure(illustrated, 'images = "attached"')
    out = tmp_path / "out"
    assert mailer("issue", "render", "issues/2021-01.md", "--out", str(out)).status == 0
    (source,) = sources((out / "2021-01.html").read_text(encoding="utf-8"))
    assert (out / source).is_file()
    (carried,) = sources(html_of(read(out / "2021-01.eml")))
    assert carried.startswith("cid:")


def test_the_logo_stands_in_the_masthead_and_travels_like_any_picture(
    mailer: Command, illustrated: Path
) -> None:
    """On a light plate, since it is dark on transparency."""
    (illustrated / "images" / "logo.png").write_bytes(drawing.saved(drawing.line_art(600, 200)))
    configure(illustrated, 'images = "attached"')
    configure(illustrated, 'logo = "images/logo.png"\nlogo_width = 120', "[look]")
    message = sent(mailer, illustrated, "--yes")
    _, related = message.iter_parts()
    _, logo, picture = related.iter_parts()
    html = html_of(message)
    assert sources(html) == [f"cid:{part['Content-ID'].strip('<>')}" for part in (logo, picture)]
    assert drawing.opened(logo.get_content()).size == (234, 95)
    assert drawing.opened(logo.get_content()).mode in ("RGB", "P")
    assert re.search(r'<p[^>]*><img[^>]* alt="News" width="120" height="49"', html)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('logo = "images/none.png"', "mailer.toml: error: look.logo: images/none.png is not there"),
        ('logo = "images"', "mailer.toml: error: look.logo: images is not there"),
        ('logo = "mailer.toml"', "mailer.toml: error: look.logo: mailer.toml is no picture"),
    ],
)
def test_a_fault_of_the_logo_is_one_of_mailer_toml(
    mailer: Command, news: Path, line: str, message: str
) -> None:
    """What, where, how to mend; nothing is sent with it."""
    configure(news, line, "[look]")
    answer = mailer("issue", "check", "issues/2021-01.md")
    assert answer.status == 1
    assert f"{news}/{message}" in answer.out
    assert mailer("send", "issues/2021-01.md", "--yes").status == 1


def test_a_logo_on_the_web_is_refused(mailer: Command, news: Path) -> None:
    """It would be no part of the edition."""
    configure(news, 'logo = "https://example.org/logo.png"', "[look]")
    answer = mailer("issue", "check", "issues/2021-01.md")
    assert answer.status == 2
    assert "look.logo: is on the web: 'https://example.org/logo.png': save it into" in answer.err
