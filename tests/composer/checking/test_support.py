"""What the base layer asks of mail clients."""

from __future__ import annotations

import dataclasses

import pytest
from checked import FINE, findings, found

from mailer.composer.checking import support
from mailer.composer.checking.clients import PLATFORMS, SAME, SUPPORT
from mailer.model.slot import Slot, SlotKind


@pytest.mark.parametrize(
    ("html", "features"),
    [
        ("", []),
        ("plain", []),
        ("<p>x", ["<p>"]),
        ("<!-- x -->", ["<!---->"]),
        ("<blink>x</blink>", []),
        ('<a href="#x">x</a>', ["href=#"]),
        ('<a href="mailto:a@b.example">x</a>', ["href=mailto"]),
        ('<a href="https://a.example/#x" class="y">x</a>', []),
        ('<img alt="" width="1" src="https://a.example/b.c/d.WEBP?x=1">',
         ["<img>", "[width]", ".webp"]),
        ('<img alt="" src="data:image/png;base64,AAAA">', ["<img>", "src=data"]),
        ('<i style="margin-top: 0"></i>', ["margin"]),
        ('<i style="margin-block-end:0"></i>', ["margin-block-end"]),
        ('<i style="font-family:Georgia"></i>', ["font"]),
        ('<i style="DISPLAY:NONE;mso-hide:all"></i>', ["display", "display:none"]),
        ('<i style="width:calc(100% - 1.5em)!important"></i>',
         ["width", "!important", "calc()", "1%", "1em"]),
        ('<i style="color:#1e0e0e;background:rgba(0,0,0,.5)"></i>', ["background", "rgba()"]),
        ("<style>p{position:fixed}</style><p>x", ["<p>"]),
    ],
)  # fmt: skip
def test_features_are_those_of_the_body(html: str, features: list[str]) -> None:
    """Elements, attributes, declarations with their units and functions, kinds of pictures."""
    document = f"<html><head><meta name=x><style>a{{float:left}}</style></head><body>{html}</body>"
    assert list(support.features(document)) == features


@pytest.mark.parametrize("document", ["", "<style>p{}</style>", "<html></html>"])
def test_a_document_without_a_body_asks_for_nothing(document: str) -> None:
    assert support.features(document) == {}
    assert support.share(document) == 1


def test_a_feature_behind_deep_html_and_many_places_to_break_is_found() -> None:
    html = f"<p>{'a<wbr>' * 1000}</p>{'<div>' * 1500}{'</div>' * 1500}<h1>x</h1>"
    assert list(support.features(html)) == ["<p>", "<wbr>", "<div>", "<h1>"]


def test_a_feature_is_placed_below_the_last_heading() -> None:
    html = '<p>x</p><h2 id="a">A</h2><h3>B</h3><div></div><h2 id="c">C</h2><pre id="d">x</pre>'
    assert support.features(html) == {"<p>": "", "<h2>": "a", "<h3>": "a", "<div>": "a",
                                      "<pre>": "c"}  # fmt: skip


@pytest.mark.parametrize(
    ("html", "share"),
    [
        ("", 1.0),
        ("<p>x</p><p>y</p>", 1.0),
        ('<p aria-label="x">x</p>', 25 / 28),  # 3 of 14 lack the second of two features
        ("<h1>x</h1><h2>x</h2><h3>x</h3>", 1.0),
        ("<nav></nav><main></main>", 10 / 14),  # one feature by two names
        ('<i style="margin:0">x</i>', 1.0),  # supported in part is supported
        ('<i style="hyphenate-limit-chars:9">x</i>', 0.0),
    ],
)
def test_the_share_counts_each_feature_on_every_platform(html: str, share: float) -> None:
    assert support.share(f"<body>{html}</body>") == pytest.approx(share)


def told(html: str) -> list[tuple[int, str]]:
    slot = Slot("first_name", "x", SlotKind.HTML)
    context = dataclasses.replace(FINE, html=("<body>Hello ", slot, f"{html}</body>"))
    return [
        (finding.where.line, f"{finding.message}: {finding.mend}")
        for finding in findings("## I\nText", context)
    ]


def test_what_a_client_lacks_is_told_with_its_place() -> None:
    picture = '<img src="https://a.example/b.svg" alt="x">'
    mend = "put the picture into the publication's folder, or use a PNG or JPEG"
    assert told(picture) == [(0, f".svg does not work in Gmail: {mend}")]
    assert told(f'<h2 id="i">I</h2>{picture}') == [(4, f".svg does not work in Gmail: {mend}")]
    ((_, element),) = told("<video></video>")
    assert element.startswith("<video> does not work in Gmail, Gmail on iOS, Gmail on Android,")
    assert element.endswith(": say it without this element")
    ((_, rule),) = told('<p style="position:static">x')
    assert rule.endswith(": leave it out, or move it to kept.css, where it only improves")


def test_what_only_improves_is_let_pass() -> None:
    """Also by another name of the same feature."""
    assert (
        told('<details aria-label="x"><summary style="border-radius:4px">x</summary></details>')
        == []
    )
    assert found("## I\nText") == []


def test_the_table_is_whole() -> None:
    assert len(PLATFORMS) == 14
    assert {len(letters) for letters in SUPPORT.values()} == {14}
    assert set("".join(SUPPORT.values())) == set("ypn")
    assert set(SAME.values()) <= SUPPORT.keys()
    assert not SAME.keys() & SUPPORT.keys()


def test_what_only_improves_is_lacked_somewhere_and_has_its_reason() -> None:
    """Nothing stands in that table for nothing."""
    for feature, reason in support.ONLY_IMPROVES.items():
        assert support.without(feature), feature
        assert reason
