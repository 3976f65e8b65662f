"""The composition root finds themes: ours, a publication's own, and its own over ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailer.app import App, open_app
from mailer.desk.composing import compose_file
from mailer.errors import MailerError, NotFound
from mailer.premises import theme_of

SETTINGS = """[publication]
id = "news"
name = "News"
from = "editor@example.org"
url = "https://news.example.org"
address = "1 Example Street"
list = "monthly"
theme = "letter"
[look.light]
accent = "#123456"
[look.strings.en]
web = "Read in a browser"
"""
ISSUE = "---\ntitle: January\n---\n## An item\nLinks: [code](https://example.org)\n\nText.\n"


@pytest.fixture
def app(tmp_path: Path) -> App:
    (tmp_path / "mailer.toml").write_text(SETTINGS, encoding="utf-8")
    return open_app(tmp_path)


def page(app: App, front: str = "") -> str:
    file = app.folder / "january.md"
    file.write_text(ISSUE.replace("title:", f"{front}title:"), encoding="utf-8")
    return compose_file(app, file).complete()[1].page


def own(app: App, path: str, text: str) -> None:
    file = app.folder / "themes" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_the_look_of_mailer_toml_changes_colours_and_strings(app: App) -> None:
    assert "--accent:#123456" in page(app)
    _, edition = compose_file(app, app.folder / "january.md").complete()
    assert "Read in a browser: https://" in "".join(map(str, edition.text))


def test_an_issue_may_name_another_theme(app: App) -> None:
    assert 'class="toc panel"' not in page(app)
    assert 'class="toc panel"' in page(app, "theme: digest\n")


def test_what_a_publication_has_under_a_themes_name_lies_over_it(app: App) -> None:
    """One block and a picture beside it: nothing of the theme is copied."""
    own(app, "letter/blocks.html.j2", "{% macro imprint() %}<p>Ours</p>{% endmacro %}")
    (app.folder / "themes" / "letter" / "logo.png").write_bytes(b"\x89PNG\xff")
    shown = page(app)
    assert "<p>Ours</p>" in shown
    assert "1 Example Street" not in shown
    assert '<h2 id="an-item">An item</h2>' in shown


def test_a_theme_of_the_publications_own_needs_only_what_differs_from_the_base(app: App) -> None:
    own(app, "mine/theme.toml", (_ours() / "theme.toml").read_text(encoding="utf-8"))
    own(app, "mine/style.css", "h1 { font-size: 40px }")
    own(app, "mine/kept.css", "h1 { color: var(--accent) }")
    assert "h1{font-size:40px}" in page(app, "theme: mine\n")


def _ours() -> Path:
    return Path(__file__).parent.parent / "templates" / "email" / "letter"


def test_a_fault_names_the_publications_file(app: App) -> None:
    own(app, "letter/theme.toml", '[light]\nink = "black"\n')
    with pytest.raises(MailerError, match=r"^themes/letter/theme\.toml: light\.ink: write a"):
        app.theme("letter")


def test_an_unknown_theme_is_refused_with_the_known_ones(app: App) -> None:
    """The base is no theme, and a file among the themes is none."""
    own(app, "mine/style.css", "")
    own(app, "notes.txt", "")
    with pytest.raises(NotFound, match=r"use one of bulletin, digest, letter, mine$"):
        app.theme("mien")
    with pytest.raises(NotFound, match=r"use one of bulletin, digest, letter$"):
        theme_of("mien")
