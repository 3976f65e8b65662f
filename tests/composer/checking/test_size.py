"""The size of the HTML."""

from __future__ import annotations

import dataclasses
import re

import pytest
import theming
from checked import FINE, findings, found, issue_of

from mailer.composer.checking.budget import shares, weight, weight_of_lines
from mailer.composer.checking.check import CheckContext, check
from mailer.composer.compose import compose
from mailer.model.issue import Issue, Item
from mailer.model.slot import Slot, SlotKind


@pytest.mark.parametrize(
    ("size", "finding"),
    [
        (0, []),
        (89_999, []),
        (90_000, [("warning", "html-size-near", 0)]),
        (99_999, [("warning", "html-size-near", 0)]),
        (100_000, [("error", "html-size", 0)]),
    ],
)
def test_the_size_of_the_html(size: int, finding: list[tuple[str, str, int]]) -> None:
    """Gmail's limit is named before it is met."""
    slot = Slot("first_name", "x" * 9, SlotKind.HTML)
    context = dataclasses.replace(FINE, html=("x" * (size // 2), slot, "x" * (size - size // 2)))
    assert found("## I\nText", context) == finding
    assert all("Gmail" in f.message for f in findings("## I\nText", context))


@pytest.mark.parametrize(
    ("total", "gaps", "line", "name"),
    [
        (100_000, (0, 0, 0, 0), 13, "in 'C'"),
        (100_000, (90_000, 0, 0, 9_800), 13, "in 'C'"),
        (100_000, (90_000, 0, 0, 9_999), 11, "in 'Ü'"),
        (100_000, (0, 0, 99_999, 0), 8, "in 'A'"),
        (100_000, (99_900, 99_900, 0, 0), 6, "in 'S'"),
        (100_000, (100_000, 0, 0, 0), 0, "before the first item"),
        (90_000, (0, 0, 89_999, 0), 8, "in 'A'"),
    ],
)
def test_the_item_that_crosses_the_limit_is_named(
    total: int, gaps: tuple[int, ...], line: int, name: str
) -> None:
    """The last section or item whose heading begins within the limit, counted in bytes."""
    body = "Intro\n\n## S\n\n### A\nText\n\n### Ü\nText\n## C\nText"
    parts = ["é" * (gap // 2) + f'<h2 id="{a}">' for gap, a in zip(gaps, "saüc", strict=True)]
    html = "".join(parts)
    context = dataclasses.replace(FINE, html=(html, "x" * (total - len(html.encode()))))
    (finding,) = findings(body, context)
    assert (finding.rule.removesuffix("-near"), finding.where.line) == ("html-size", line)
    assert f"{name} it passes {total:,}" in finding.message


def stress(items: int, words: int) -> str:
    """A digest of many items, each with a link line and a few paragraphs."""
    paragraph = "word " * words
    return "".join(
        f"## Item {n}\nLinks: [code](https://example.org/{n}) / [paper](https://arxiv.org/abs/{n})"
        f"\n\n{paragraph}\n\n{paragraph}\n\n{paragraph}\n\n"
        for n in range(items)
    )


def composed(body: str) -> tuple[Issue, CheckContext]:
    issue = issue_of(body)
    edition = compose(issue, theming.digest(), theming.frame())
    return issue, dataclasses.replace(FINE, html=edition.html)


def test_a_stress_issue_of_sixty_items_is_refused_with_the_item_named() -> None:
    """Cutting a few items would not do, so where to part it in two is said."""
    issue, context = composed(stress(60, 130))
    (finding,) = check(issue, context)
    assert (finding.severity, finding.rule) == ("error", "html-size")
    crossing = re.search(r"in '(Item \d\d)' it passes 100,000", finding.message)
    assert crossing
    item = next(item for item in issue.items() if item.title == crossing[1])
    assert finding.where.line == item.line
    parting = re.search(
        r"two issues of it, the second from 'Item (\d\d)' \(line \d+\)", finding.mend
    )
    assert parting
    assert int(parting[1]) <= int(item.title[5:])


def test_a_proposal_says_where_to_cut_so_that_the_rest_fits() -> None:
    """In the largest item, as late as will do, and never before its first paragraph."""
    long = "## Long\nLinks: [code](https://example.org/)\n\nFirst.\n\n" + "".join(
        f"{n} {'word ' * 200}\n\n" for n in range(30)
    )
    long += "The end.\n\n"  # so little that a cut before it would save nothing
    issue, context = composed(stress(30, 130) + long)
    (finding,) = check(issue, context)
    cut = re.search(r"::: more before line (\d+) \(in 'Long'\)$", finding.mend)
    assert cut
    lines = [block.line for block in list(issue.items())[-1].body]
    assert int(cut[1]) in lines[1:]
    rest = "\n".join((stress(30, 130) + long).split("\n")[: int(cut[1]) - 4])
    _, context = composed(rest)
    size = sum(len(part.encode()) for part in context.html if isinstance(part, str))
    assert 85_000 < size < 91_000


def test_a_few_cuts_together_may_do() -> None:
    """The largest items are cut first, each behind its first block; the last as late as will do."""
    _, context = composed(stress(8, 820))
    (finding,) = findings(stress(8, 820), context)
    assert len(re.findall(r"line \d+ \(in 'Item \d'\)", finding.mend)) in (2, 3)


def test_what_is_cut_off_already_counts_nothing() -> None:
    """And the item is not cut again."""
    whole = "## Long\nFirst.\n\n" + f"{'word ' * 10_000}\n\n" * 2
    cut = whole + "::: more\n" + "word " * 9_000
    (share,), (other,) = (shares(i, c.html) for i, c in map(composed, (whole, cut)))
    assert abs(share.size - other.size) < 400
    proposed, mended = (check(*composed(body))[0].mend for body in (whole, cut))
    assert "::: more before line 9 (in 'Long')" in proposed
    assert ":::" not in mended


def test_shares_add_up_to_what_stands_between_masthead_and_foot() -> None:
    """A section's is its heading and lead-in; the sign-off is nobody's."""
    body = "Intro\n\n## S\nLead-in.\n\n### A\nText\n\n### B\n" + "word " * 300 + "\n\n---\nBye " * 1
    issue, context = composed(body + "bye " * 300)
    found = shares(issue, context.html)
    assert [share.headed.title for share in found] == ["S", "A", "B"]
    assert found[0].start + found[0].size == found[1].start
    assert found[1].start + found[1].size == found[2].start
    assert 1500 < found[2].size < 2500


def test_without_headings_nobody_has_a_share() -> None:
    """Nor where a theme gives headings no anchors."""
    assert shares(issue_of("Intro"), ("x",)) == ()
    assert shares(issue_of("## I\nText"), ("x",)) == ()


def test_code_and_raw_html_weigh_what_they_hold() -> None:
    """However little text a reader sees of it."""
    light, heavy = (
        weight(next(issue_of(f"## I\n```\n{text}\n```\n\n<div>{text}</div>").items()).body)
        for text in ("x", "x" * 1000)
    )
    assert heavy - light == 3 * 999  # the text that is shown of raw HTML counts again


@pytest.mark.parametrize("name", theming.THEMES)
@pytest.mark.parametrize("file", ["2020-10", "2021-01"])
def test_an_item_weighs_about_what_it_becomes(name: str, file: str) -> None:
    """Within a factor of two of the bytes that a theme writes: the places to cut go by it."""
    issue = theming.issue_of(theming.EXAMPLES / "issues" / f"{file}.md")
    html = compose(issue, theming.theme_named(name), theming.frame()).html
    for share in shares(issue, html):
        if isinstance(share.headed, Item):
            guess = weight_of_lines(share.headed) + weight(share.headed.body)
            assert share.size / 2 < guess < share.size * 2
