from __future__ import annotations

from markupsafe import Markup

from mailer.composer import sanitiser


def test_a_pair_of_tags_survives_around_our_own_markup() -> None:
    assert sanitiser.joined(["<b>", Markup("1 &lt; 2"), "</b>"]) == "<b>1 &lt; 2</b>"


def test_our_own_markup_is_not_touched() -> None:
    ours = Markup('<a class="x" style="color:red" href="#a">x</a>')
    assert sanitiser.joined([ours, "<i>", ours]) == f"{ours}<i>{ours}</i>"


def test_an_open_tag_is_closed() -> None:
    assert sanitiser.joined(["<u>", Markup("x")]) == "<u>x</u>"


def test_markup_inside_an_attribute_is_dropped_with_it() -> None:
    """An attribute left open cannot swallow our markup and break out of its quotes."""
    cleaned = sanitiser.joined(['<abbr title="', Markup('<a href="x">'), '">x</abbr>'])
    assert cleaned == "<abbr>x</abbr>"


def test_markup_inside_a_script_is_dropped_with_it() -> None:
    assert sanitiser.joined(["<script>", Markup("x"), "</script>y"]) == "y"


def test_the_separator_in_the_source_means_nothing() -> None:
    assert sanitiser.joined(["\ue0000\ue000", Markup("x")]) == "0x"


def test_blocks_stand_in_a_block_alone() -> None:
    assert sanitiser.block("<div><p>x</p></div>") == "<div><p>x</p></div>"
    assert sanitiser.joined(["<div>", Markup("x"), "</div>"]) == "x"


def test_attributes_that_style_or_act_are_dropped() -> None:
    source = '<p id="a" class="b" style="color:red" onclick="x()" lang="de" dir="ltr">x</p>'
    assert sorted(sanitiser.block(source)[3:-6].split()) == ['dir="ltr"', 'lang="de"']


def test_links_go_to_the_web_or_to_a_mailbox() -> None:
    for scheme in ("https://a.example", "http://a.example", "mailto:a@example.org"):
        assert sanitiser.block(f'<a href="{scheme}">x</a>') == f'<a href="{scheme}">x</a>'
    for scheme in ("javascript:x", "data:text/html,x", "/relative", "file:///x"):
        assert sanitiser.block(f'<a href="{scheme}">x</a>') == "<a>x</a>"


def test_a_paragraph_keeps_no_link_of_its_own() -> None:
    """Reading the file has made a Hyperlink of it, which the text edition shows as well."""
    assert sanitiser.joined(['<a href="https://a.example">', Markup("x"), "</a>"]) == "x"


def test_the_addresses_that_are_kept_are_known_beforehand() -> None:
    assert sanitiser.keeps_target('https://a.example/?a="&b=<')
    assert not sanitiser.keeps_target("/relative")
    assert not sanitiser.keeps_target("ftp://a.example")


def test_pictures_forms_and_frames_are_dropped() -> None:
    source = '<img src="x"><form><input></form><iframe src="x"></iframe><svg></svg>rest'
    assert sanitiser.block(source) == "rest"
