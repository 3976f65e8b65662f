from __future__ import annotations

import logging

import pytest

from mailer.composer.html import inliner
from mailer.errors import MailerError


def document(body: str, css: str = "", kept: str = "") -> str:
    keep = f'<style data-premailer="ignore">{kept}</style>' if kept else ""
    return f"<!DOCTYPE html><html><head><style>{css}</style>{keep}</head><body>{body}</body></html>"


def test_rules_become_style_attributes_and_their_sheet_goes() -> None:
    html = inliner.inline(document("<p>x</p>", "p { margin: 0; color: red }"))
    assert '<p style="margin:0;color:red">x</p>' in html
    assert "<style" not in html


def test_the_doctype_stays_in_upper_case() -> None:
    assert inliner.inline(document("x")).startswith("<!DOCTYPE html>\n<html>")


def test_the_kept_sheet_passes_to_the_letter() -> None:
    kept = "@supports (a:b){p{color:red!important}}[data-ogsc] p{color:#fff!important}u+.x{a:b}"
    html = inliner.inline(document("<p>x</p>", "p{margin:0}", kept))
    assert f"<style>{kept}</style>" in html


def test_classes_that_no_kept_rule_names_are_dropped() -> None:
    kept = ".b{color:red}@media print{.c a{color:red}}"
    html = inliner.inline(
        document('<p class="a b c">x<a>y</a></p><p class="a">z</p>', ".a{margin:0}", kept)
    )
    assert '<p class="b c" style="margin:0">x<a>y</a></p><p style="margin:0">z</p>' in html


def test_kept_rules_that_nothing_is_there_for_are_dropped() -> None:
    """But those about what a client may put around the message stay: see Gmail's `u`."""
    kept = (
        "p,q{a:b}pre b{a:b}[data-ogsc] .none{a:b}[data-ogsc] p{a:b}u+.x{a:b}:root{a:b}"
        "@media (min-width:9px){.none{a:b}}@media print{p{a:b}.none{a:b}}@font-face{a:b}"
    )
    html = inliner.inline(document("<p>x</p>", "p{margin:0}", kept))
    assert (
        "<style>p{a:b}[data-ogsc] p{a:b}u+.x{a:b}:root{a:b}@media print{p{a:b}}@font-face{a:b}"
        "</style>"
    ) in html


def test_numeric_size_attributes_stay_beside_css_sizes() -> None:
    """`height:auto` must not overwrite the height that Outlook reads."""
    body = '<img width="600" height="300" alt="" src="https://a.example/x.png">'
    html = inliner.inline(document(body, "img { width: 100%; height: auto }"))
    assert 'width="600" height="300"' in html
    assert 'style="width:100%;height:auto"' in html


def test_conditional_comments_stay() -> None:
    ghost = "<!--[if mso]><table><tr><td><![endif]-->"
    assert ghost in inliner.inline(document(ghost + "<p>x</p>"))


def test_other_scripts_and_references_keep_their_meaning() -> None:
    html = inliner.inline(document("<p>Grüße 你好 مرحبا 😀 &lt;b&gt; &amp;amp; a\u00a0b</p>"))
    assert "Grüße 你好 مرحبا 😀 &lt;b&gt; &amp;amp;" in html


@pytest.mark.parametrize(
    ("head", "fault"),
    [
        ('<link rel="stylesheet" href="https://a.example/x.css">', "link rel=stylesheet"),
        ('<link rel="alternate stylesheet" href="x.css">', "link rel=stylesheet"),
        ("<style>@import url(https://a.example/x.css);</style>", "@import"),
        ('<style data-premailer="ignore">@import "x.css";</style>', "@import"),
    ],
)
def test_a_sheet_that_would_be_fetched_is_refused(head: str, fault: str) -> None:
    html = document("x").replace("<head>", f"<head>{head}")
    with pytest.raises(MailerError, match=fault):
        inliner.inline(html)


def test_css_that_is_new_to_the_parser_is_not_complained_about(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    html = inliner.inline(document("<p>x</p>", "p { mso-hide: all; word-wrap: break-word }"))
    assert "mso-hide:all" in html
    assert not caplog.records
    assert capfd.readouterr() == ("", "")


def test_what_the_tree_cannot_hold_is_refused() -> None:
    with pytest.raises(MailerError, match="2,000 deep"):
        inliner.inline(f"<body>{'<div>' * 2100}x{'</div>' * 2100}y</body>")
