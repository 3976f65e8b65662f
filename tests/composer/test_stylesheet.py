from __future__ import annotations

import pytest

from mailer.composer.html import stylesheet
from mailer.errors import MailerError


def test_minified_has_no_comments_and_no_space_before_important() -> None:
    """Yahoo drops the rule after a comment; some clients stumble over ` !important`."""
    css = "/* one */ .a , .b { color : red ; margin: 0 4px !important; }\n/* two */"
    assert stylesheet.minified(css) == ".a,.b{color :red;margin:0 4px!important}"


@pytest.mark.parametrize("selector", ["p", ".a", "p.a", "h1, .a.b", ".t td", "ul.a li"])
def test_element_and_class_selectors_are_inlined(selector: str) -> None:
    stylesheet.require_inlinable(f"{selector} {{ margin: 0 }}", "style.css")


@pytest.mark.parametrize(
    "selector",
    ["#id", "*", "a:hover", "p > a", "p + p", "[href]", "p:not(.a)", "li:nth-child(2)", "P"],
)
def test_other_selectors_are_refused_with_file_and_selector(selector: str) -> None:
    with pytest.raises(MailerError) as caught:
        stylesheet.require_inlinable(f".a {{}} {selector} {{ margin: 0 }}", "digest/style.css")
    assert str(caught.value).startswith(f"digest/style.css: `{selector}` cannot be inlined")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("rule", ["@import url(x.css);", "@media print { p { margin: 0 } }"])
def test_at_rules_are_refused_in_the_inlined_sheet(rule: str) -> None:
    with pytest.raises(MailerError, match=r"style\.css: @(import|media) cannot be inlined"):
        stylesheet.require_inlinable(rule, "style.css")


@pytest.mark.parametrize(
    ("css", "fault"),
    [
        ("@import url(x.css);", "@import would be fetched"),
        ("@media print { @supports (x: y) { p { margin: 0 } } }", "stands in another @-rule"),
        ("@media print, screen { p { margin: 0 } }", "has a comma"),
    ],
)
def test_what_makes_clients_drop_a_sheet_is_refused(css: str, fault: str) -> None:
    with pytest.raises(MailerError, match=fault):
        stylesheet.require_keepable(css, "kept.css")


def test_media_and_feature_queries_may_stay() -> None:
    stylesheet.require_keepable("@media print { p { margin: 0 } } @supports (a:b) {}", "kept.css")


def test_variables_are_filled_where_they_have_a_value() -> None:
    css = "a{color:var(--ink);margin:var(--gap)}"
    assert stylesheet.variables(css) == {"ink", "gap"}
    assert stylesheet.filled(css, {"ink": "#000000"}) == "a{color:#000000;margin:var(--gap)}"


def test_the_dark_copy_has_every_declaration_with_a_colour_and_no_other() -> None:
    css = """p { margin: 0; color: var(--ink) } .a, .b { border: 1px solid var(--line) !important }
    @media print { p { color: var(--ink) } } i { margin: 0 }"""
    dark = {"ink": "#eeeeee", "line": "#333333"}
    assert stylesheet.repainted(css, dark) == (
        "p{color:#eeeeee!important}.a,.b{border:1px solid #333333!important}"
    )


def test_the_dark_copy_can_stand_below_an_ancestor() -> None:
    css = ".a, .b { color: var(--ink) }"
    assert stylesheet.repainted(css, {"ink": "#eeeeee"}, "[data-ogsc]") == (
        "[data-ogsc] .a,[data-ogsc] .b{color:#eeeeee!important}"
    )


def test_a_page_declares_its_variables() -> None:
    assert stylesheet.declared({"a": "#111111", "b": "#222222"}) == ":root{--a:#111111;--b:#222222}"


@pytest.mark.parametrize(
    ("css", "mirrored"),
    [
        ("a { padding: 1px 2px 3px 4px }", "a{padding:1px 4px 3px 2px}"),
        ("a { margin: 0 0 2px; padding: 1px 2px }", "a{margin:0 0 2px;padding:1px 2px}"),
        ("a { padding: 0 0 0 18px !important }", "a{padding:0 18px 0 0!important}"),
        ("a { border-left: 3px solid var(--line) }", "a{border-right:3px solid var(--line)}"),
        ("a { text-align: right; float: left }", "a{text-align:left;float:right}"),
        ("a { margin-left: 1px; border-radius: 8px 8px 0 0 }",
         "a{margin-right:1px;border-radius:8px 8px 0 0}"),
        (".right { text-align: left } .a-left { margin: 0 }",
         ".right{text-align:right}.a-left{margin:0}"),
        ("@media (min-width: 9px) { a { padding-right: 1px !important } }",
         "@media (min-width:9px){a{padding-left:1px!important}}"),
    ],
)  # fmt: skip
def test_right_and_left_change_places_but_not_in_names(css: str, mirrored: str) -> None:
    assert stylesheet.mirrored(css) == mirrored
