"""Warnings about what the sanitiser leaves out of the editor's own HTML."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.composer import sanitiser
from mailer.composer.parsing.parse import Defaults, parse


def warned(body: str) -> list[tuple[int, str]]:
    """Line, message and mend of each warning about HTML that is left out."""
    source = f"---\ntitle: A digest\n---\n{body}\n"
    findings = parse(source, "issue.md", Defaults("en", (), "x")).findings
    return [(f.where.line, f"{f.message}: {f.mend}") for f in findings if f.rule == "html-dropped"]


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("a <img src=x> b", 4, "<img> is left out: write ![what it shows](images/…)"),
        ("a\n<ScRiPt>b</sCrIpT>", 5, "<script> is left out: remove it with what it holds"),
        ("a <marquee>b</marquee>", 4, "<marquee> is left out: write what it holds in Markdown"),
        ("a <div>b</div>", 4, "<div> is left out inside a paragraph: begin a block with it"),
        ("a <b style=x>b</b>", 4, "style=… of <b> is left out: remove it"),
        ("a <b onclick=x>b</b>", 4, "onclick=… of <b> is left out: remove it"),
        ("a <abbr data-x=y>b</abbr>", 4, "data-x=… of <abbr> is left out: remove it"),
        ("a <!DOCTYPE html> b", 4, "<!DOCTYPE…> is left out"),
        ("a <![CDATA[b]]> c", 4, "<![CDATA…> is left out"),
        ("a <?php b ?>", 4, "<?php…> is left out"),
        ("<form>\nx</form>", 4, "<form> is left out: link to a page that has the form"),
        ("<style>\nx\n\n<p></style>", 4, "<style> is left out: remove it with what it holds"),
        ("<div>\n\n</div>\n<div>x\n<h2>y</h2></div>", 8, "<h2> is left out: write ## for an item"),
        ("<div>x\n<!-- 1\n2 -->\n<iframe></iframe></div>", 7, "<iframe> is left out: link to it"),
        ("<p>\n\nx\n\n<p\nid=x>y</p>", 8, "id=… of <p> is left out"),
        ("<div>\n<![foo[ x</div>", 5, "<![foo…> is left out"),
        ('<div><a href="/b">c</a></div>', 4, "<a> leads nowhere: give a whole https:// or mailto:"),
        ("<div><a href='ftp://b'>c</a></div>", 4, "<a> leads nowhere"),
        ("<div>a\n<b title='x'", 5, "a tag without its > is left out: close it"),
        ("<div>a\n<td>b</td></div>", 5, "<td> stands where HTML has none and is left out"),
        ("<table>\n\n<tr lang=de>\n\n</table>", 6, "<tr> stands where HTML has none"),
    ],
)
def test_each_loss_has_its_line_and_what_to_do(body: str, line: int, message: str) -> None:
    found = warned(body)
    assert len(found) == 1, found
    assert found[0][0] == line
    assert found[0][1].startswith(message)


def test_what_is_kept_gives_no_warning() -> None:
    """Every element and attribute of the allow-list, where it may stand."""
    assert warned('H<sub>2</sub>O, <abbr title="x" lang="de" dir=ltr>y</abbr><br/>') == []
    assert warned('<p>a<!-- b --> <a href="https://c.example/?d&e" title="f">g</a><br></p>') == []
    table = '<table><caption>a</caption><tr><th scope="col" colspan=2>b</th><td rowspan=2>c</td>'
    assert warned(f"<div>{table}</table><ol start=2><li>d</li></ol></div>") == []


def test_an_active_address_in_a_block_is_an_error() -> None:
    """As in Markdown; it is not said twice."""
    source = "---\ntitle: T\n---\n<div>\n<a href=' java\nscript:x'>y</a></div>\n"
    (finding,) = parse(source, "issue.md", Defaults("en", (), "x")).findings
    assert (str(finding.severity), finding.rule, finding.where.line) == ("error", "link-scheme", 5)


NAMES = (
    *("p", "div", "b", "a", "img", "td", "tr", "table", "li", "h4", "h1", "script", "style"),
    *("svg", "form", "span", "br", "textarea", "title"),
)
ATTRIBUTES = ("", " class=x", ' href="https://a.example"', " href=/x", " lang=de", " onclick='x'")
OPENING = st.tuples(st.sampled_from(NAMES), st.sampled_from(ATTRIBUTES)).map(
    lambda pair: f"<{pair[0]}{pair[1]}>"
)
CLOSING = st.sampled_from(NAMES).map(lambda name: f"</{name}>")
PIECES = st.one_of(OPENING, CLOSING, st.sampled_from(("x", " ", "&amp;", "<p")))


@given(st.lists(PIECES, max_size=12).map("".join))
def test_nothing_is_lost_without_a_warning(html: str) -> None:
    """Where the sanitiser lets fewer tags or attributes out than went in, something is said."""
    body = f"<div>{html}</div>"
    written = re.findall(r"<[a-z]", body), re.findall(r" [a-z]+=", body)
    cleaned = sanitiser.block(body)
    kept = re.findall(r"<[a-z]", cleaned), re.findall(r" [a-z]+=", cleaned)
    if any(len(after) < len(before) for before, after in zip(written, kept, strict=True)):
        source = f"---\ntitle: T\n---\n{body}\n"
        assert parse(source, "issue.md", Defaults("en", (), "x")).findings
