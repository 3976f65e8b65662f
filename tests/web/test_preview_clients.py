from __future__ import annotations

import pytest

from mailer.model.edition import carried_url
from mailer.web import preview_clients, preview_word
from mailer.web.preview_clients import CLIENTS

_HTML = """<!DOCTYPE html><html lang="en"><head>
<meta name="color-scheme" content="light dark">
<style>:root{color-scheme:light dark}.l{color:#111111}
@media (prefers-color-scheme:dark){.l{color:#eeeeee}}
@media (min-width: 620px){.w{padding:0}}</style></head>
<body style="margin:0"><div style="display:none;mso-hide:all">Preheader</div>
<!--[if mso]><table role="presentation" width="600"><tr><td><![endif]-->
<!--[if !mso]><!--><p>Not for Word</p><!--<![endif]-->
<div class="w" style="max-width:600px;padding:20px;border-radius:6px;color:#222222">Hello
<a href="https://example.org/a">there</a> <a href="#below">below</a>
<a href="https://news.example.org/issues/1#item">item</a>
<img src="https://news.example.org/pictures/ab12.png" alt="A cat" width="300" height="200"
style="width:100%;height:auto"></div>
<!--[if mso]></td></tr></table><![endif]-->
</body></html>"""


_PAGE = "https://news.example.org/issues/1"


def _shown(name: str) -> str:
    return preview_clients.shown(_HTML, CLIENTS[name], {"ab12.png"}, _PAGE)


@pytest.mark.parametrize("name", CLIENTS)
def test_every_client_shows_our_pictures_and_links_that_leave_the_frame(name: str) -> None:
    """Pictures come from the preview, whatever public address the edition has; a link into the
    issue stays in it."""
    html = _shown(name)

    assert "news.example.org" not in html
    assert ('src="/pictures/ab12.png"' in html) == (name != "blocked")
    assert 'href="https://example.org/a" target="_blank" rel="noopener noreferrer"' in html
    assert '<a href="#below">' in html
    assert '<a href="#item">' in html
    assert html.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("name", CLIENTS)
def test_every_client_shows_what_stands_behind_deep_html(name: str) -> None:
    deep = f"{'a<wbr>' * 1000}{'<div>' * 400}{'</div>' * 400}<p>Last</p></body>"
    html = _HTML.replace("</body>", deep)
    drawn = preview_clients.shown(html, CLIENTS[name], set(), _PAGE)
    assert "<p>Last</p>" in drawn
    assert "</wbr>" not in drawn


def test_a_picture_that_is_not_the_drafts_keeps_its_address() -> None:
    assert "https://news.example.org/pictures/ab12.png" in preview_clients.shown(
        _HTML, CLIENTS["desktop"], set(), _PAGE
    )


def test_light_and_dark_do_not_ask_the_browser() -> None:
    """The question is answered, and the sheet says the one scheme; other queries stay."""
    light, dark = _shown("desktop"), _shown("dark")

    assert "@media (max-width:0px){.l{color:#eeeeee}}" in light
    assert "@media (min-width:0px){.l{color:#eeeeee}}" in dark
    for html, scheme in ((light, "light"), (dark, "dark")):
        assert f":root{{color-scheme:{scheme}}}" in html
        assert f'name="color-scheme" content="{scheme}"' in html
        assert "prefers-color-scheme" not in html
        assert "@media (min-width: 620px)" in html


def test_forced_inversion_turns_the_page_and_spares_its_pictures() -> None:
    """The document as a whole, and each picture once more."""
    html = _shown("inverted")

    assert "html{filter:invert(1) hue-rotate(180deg)" in html
    assert "img{filter:invert(1) hue-rotate(180deg)}" in html


def test_a_blocked_picture_keeps_its_room_and_its_text() -> None:
    html = _shown("blocked")

    assert '<img src="data:," alt="A cat" width="300" height="200"' in html


def test_without_style_the_inline_styles_stay() -> None:
    html = _shown("bare")

    assert "<style" not in html
    assert "max-width:600px" in html


def test_word_reads_what_is_said_to_it_alone() -> None:
    """Its table comes, what is hidden from it goes, and `mso-hide` hides."""
    html = _shown("word")

    assert '<table role="presentation" width="600">' in html
    assert "Not for Word" not in html
    assert "[if" not in html
    assert '<div style="display:none;display:none">Preheader' in html


def test_word_drops_what_it_does_not_know() -> None:
    """Widths at most, round corners, room inside a box, queries; the picture has the size of its
    attributes."""
    html = _shown("word")

    assert '<div class="w" style="color:#222222">' in html
    assert "@media" not in html
    assert ":root" not in html
    assert ".l{color:#111111}" in html
    assert "width:300px;height:200px" in html


@pytest.mark.parametrize(
    ("condition", "holds"),
    [("mso", True), ("gte mso 9", True), ("(mso)|(IE)", True), ("!mso", False), ("IE", False)],
)
def test_a_condition_of_word(condition: str, holds: bool) -> None:
    html = preview_word.conditions_met(f"<!--[if {condition}]><p>x</p><![endif]-->")

    assert (html == "<p>x</p>") == holds


@pytest.mark.parametrize(
    "declaration",
    ["background:url(x.png)", "display:inline-block", "color:rgba(0,0,0,.5)", "padding:4px", "x"],
)
def test_word_keeps_no_such_declaration(declaration: str) -> None:
    """Of a box outside a table."""
    html = f'<html><head></head><body><p style="{declaration};color:red">x</p></body></html>'

    assert '<p style="color:red">' in preview_clients.word(html)


def test_a_cell_keeps_its_room_in_word() -> None:
    html = '<html><head></head><body><table><tr><td style="padding:4px">x</td></tr></table></body>'

    assert 'style="padding:4px"' in preview_clients.word(html)


def test_an_inbox_takes_the_text_from_the_top() -> None:
    """The preheader first, hidden as it is; nothing of a style sheet."""
    assert preview_clients.preview_text(_HTML).startswith("Preheader Not for Word Hello there")


def test_an_inbox_shows_nothing_of_what_fills_its_row() -> None:
    html = "<html><body><div>Soon \u034f \u034f \u034f </div><p>Hello</p></body></html>"

    assert preview_clients.preview_text(html) == "Soon"


def test_a_picture_that_the_message_carries_is_shown_from_this_server() -> None:
    """A browser knows no `cid:` (images = "attached")."""
    html = f'<html><body><img src="{carried_url("a.png")}"></body></html>'
    client = next(iter(CLIENTS.values()))
    assert '<img src="/pictures/a.png">' in preview_clients.shown(html, client, ["a.png"], _PAGE)
