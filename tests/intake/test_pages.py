"""Pages in the shapes of the large platforms: what becomes of each stands beside it.

`python -m intake.test_pages` from `tests/` writes what is expected anew; read the difference before
it is committed.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailer.composer.parsing import parse
from mailer.intake.reading.charset import decoded
from mailer.intake.reading.html.document import tree
from mailer.intake.reading.html.texts import texts
from mailer.intake.reading.manuscript import Manuscript
from mailer.intake.reading.post import Raw
from mailer.intake.reading.posts import posts
from mailer.intake.writing.issue_file import issue_file

PAGES = sorted((Path(__file__).parent / "pages").glob("*.html"))
ADDRESS = "https://pages.example.org/issue"


def manuscript(page: Path) -> Manuscript:
    (post,) = posts(Raw(page.read_bytes(), ADDRESS, ADDRESS, "text/html"))
    return post.read("")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_becomes_an_issue(page: Path) -> None:
    """Title, day and number where told; intro, sections, items, link lines, pictures with captions,
    films, footnotes, sign-off; without menus, share bars, comments, notices."""
    assert issue_file(manuscript(page), "") == page.with_suffix(".md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_word_of_a_page_is_lost(page: Path) -> None:
    found = manuscript(page)
    kept = set(words(issue_file(found, "") + " ".join(found.left_out)))
    body = tree(decoded(page.read_bytes())).find("body")
    buttons = {"button", "label", "option"}
    for element in list(body.iter(*buttons)):
        element.drop_tree()
    lost = [word for text in texts(body) for word in words(text) if word not in kept]
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_it_becomes_is_sound(page: Path) -> None:
    """The composer reads it without an error, but for links and pictures without a text."""
    parsed = parse.parse(issue_file(manuscript(page), ""), "", parse.Defaults("en", (), "x"))
    assert [f for f in parsed.findings if f.severity == "error"] == []


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


if __name__ == "__main__":
    for each in PAGES:
        each.with_suffix(".md").write_text(issue_file(manuscript(each), ""), encoding="utf-8")
