"""The themes and an issue that has one of everything, for the tests of composing."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mailer.composer.compose import Frame
from mailer.composer.html import theme
from mailer.composer.html.layer import Layer
from mailer.composer.html.theme import Theme
from mailer.composer.html.words import default_of
from mailer.composer.parsing.parse import Defaults, parse
from mailer.files import read_texts, templates_dir
from mailer.message.stencil import (
    DATE,
    DELIVERY,
    MESSAGE_ID,
    RECIPIENT,
    ListHeader,
    compile_stencil,
)
from mailer.model.edition import Edition, PictureFile
from mailer.model.issue import Issue
from mailer.model.slot import Slot, Slotted

GOLDEN = Path(__file__).parent / "golden"
EXAMPLES = templates_dir() / "example"
VALUES = {
    "first_name": "Ada",
    "nickname": "ada",
    "list_title": "Monthly digest",
    "unsubscribe_url": "https://news.example.org/u/token",
    "preferences_url": "https://news.example.org/p/token",
}
WARM = (
    {
        **{"canvas": "#e9e1d6", "panel": "#f8f3ec", "line": "#dccfbf", "ink": "#2a211c"},
        **{"muted": "#655a4e", "accent": "#9a3b20", "mast": "#5a2416"},
    },
    {
        **{"canvas": "#14100d", "paper": "#1d1815", "panel": "#27201b", "line": "#463b33"},
        **{"ink": "#efe7df", "muted": "#b9aa9b", "accent": "#f0a487", "mast": "#5a2416"},
        "on_mast": "#fff6ef",
    },
)
COOL = (
    {
        **{"canvas": "#e0e0ee", "panel": "#f3f3fb", "line": "#cfcfe4", "ink": "#1e1d2b"},
        **{"muted": "#585872", "accent": "#3a2f8f", "mast": "#241f5e"},
    },
    {
        **{"canvas": "#0e0d18", "paper": "#171626", "panel": "#211f35", "line": "#3b3957"},
        **{"ink": "#e8e7f3", "muted": "#aaa8c4", "accent": "#b3adff", "mast": "#2f2878"},
        "on_mast": "#ffffff",
    },
)


THEMES = ("digest", "letter", "bulletin")


def layer(name: str) -> Layer:
    """A folder of `templates/email/`."""
    return Layer(name, read_texts(templates_dir() / "email" / name))


def altered(name: str, file: str, old: str, new: str) -> Layer:
    """A folder with a text of one of its files replaced."""
    files = dict(layer(name).files)
    assert old in files[file]
    return Layer(name, files | {file: files[file].replace(old, new)})


def over(name: str, **own: str) -> Theme:
    """A theme of ours with a publication's own files over it; `style_css` is `style.css`."""
    files = {key.replace("_", "."): text for key, text in own.items()}
    return theme.from_layers(name, layer("_base"), layer(name), Layer(f"themes/{name}", files))


@cache
def theme_named(name: str) -> Theme:
    return theme.from_layers(name, layer("_base"), layer(name))


def digest() -> Theme:
    return theme_named("digest")


def issue_of(path: Path) -> Issue:
    parsed = parse(path.read_text(encoding="utf-8"), path.name, Defaults("en", (), path.stem))
    assert parsed.issue is not None
    return parsed.issue


def everything() -> Issue:
    return issue_of(GOLDEN / "everything.md")


def _picture(name: str, width: int, height: int) -> PictureFile:
    return PictureFile(f"{name}.png", "image/png", width, height, b"")


PICTURES = {
    "images/wide.png": _picture("wide", 1200, 640),
    "images/medium.png": _picture("medium", 800, 500),
    "images/small.png": _picture("small", 300, 200),
    "images/dot.png": _picture("dot", 16, 16),
}


def frame(look: tuple[dict[str, str], dict[str, str]] = ({}, {})) -> Frame:
    return Frame(
        publication="Neurodigest <& Sons>",
        sender="Neurodigest <editor@example.org>",
        reply_to="editor@example.org",
        address="1 Example Street\n12345 Example Town",
        base="https://news.example.org",
        tagline="Once a month & with code",
        light=look[0],
        dark=look[1],
        pictures=PICTURES,
    )


def shown(html: Slotted) -> str:
    """The HTML as one reader gets it, each value escaped for where it stands."""
    return "".join(
        part
        if isinstance(part, str)
        else default_of(Slot(part.name, VALUES.get(part.name, part.default)), part.kind)
        for part in html
    )


def message(edition: Edition) -> bytes:
    """The whole message as one reader gets it, every octet that goes on the wire."""
    list_header = ListHeader("monthly.news.example.org", "Monthly digest", "1:monthly:issue:news")
    own = {
        DATE: "Sun, 28 Feb 2021 09:00:00 +0000",
        DELIVERY: "aeaaaaaaaeaaaaaaaaba",
        MESSAGE_ID: "1.1.cfq3a2@news.example.org",
        RECIPIENT: "ada@example.org",
    }
    return compile_stencil(edition, list_header).personalise(VALUES | own)


def written(text: Slotted) -> str:
    """A text with its slots spelled out, as golden files keep them."""
    return "".join(
        part if isinstance(part, str) else f"{{{{ {part.name} | {part.default!r} | {part.kind} }}}}"
        for part in text
    )
